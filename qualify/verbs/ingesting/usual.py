"""What other builds say of rows that a runner filled: what is usual, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualify.core.attempt import Attempt
from qualify.core.candidate import Source
from qualify.core.event import AttemptFinished
from qualify.core.verdict import Status
from qualify.judging.ingested import Reference
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import verdicts
from qualify.verbs.seen import builds
from qualify.wiring import Context


@dataclass(frozen=True)
class Past:
    """Another build: whether it is the baseline, and the executions of each of its rows."""

    is_baseline: bool
    attempts: Mapping[str, list[Attempt]]


def attempts_in(folder: BuildFolder) -> dict[str, list[Attempt]]:
    """A build's attempts by their rows."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    for event in folder.ledger.events():
        if isinstance(event, AttemptFinished):
            found[event.attempt.cell].append(event.attempt)
    return found


def past(context: Context, folder: BuildFolder, rows: Mapping[str, object]) -> Iterator[Past]:
    """The baseline build and every build before this one that has any of the rows, oldest first.

    A row that regressed in a build says nothing of what is usual.
    """
    time = folder.candidate().provenance.time
    for other in reversed(builds(context)):
        known = {c.id for c in other.plan().cells if not c.node and c.id in rows}
        if other.id == folder.id or not known:
            continue
        is_baseline = _is_baseline(folder, other.candidate().source)
        if is_baseline or (other.candidate().provenance.time, other.id) < (time, folder.id):
            found = verdicts(other.ledger.events())
            usual = {name for name in known if found[name].status is not Status.REGRESSED}
            attempts = attempts_in(other)
            yield Past(is_baseline, {name: attempts[name] for name in usual})


def _is_baseline(folder: BuildFolder, source: Source) -> bool:
    """Whether this is what the build is compared with; a path may have meant something else."""
    baseline = folder.baseline()
    if baseline and baseline.source.identity == source.identity:
        return True
    return source.kind == "index" and source.spec == folder.plan().baseline


def reference(name: str, past: Sequence[Past]) -> Reference:
    """The baseline's executions, else those of earlier builds up to the last that passed.

    A row that failed and passed again is the shape of a flake; failures up to now are that of a
    regression that nobody mended, and excuse nothing.
    """
    baseline = [a for one in past if one.is_baseline for a in one.attempts.get(name, ())]
    if baseline:
        return Reference("the baseline's", tuple(baseline))
    before = [a for one in past for a in one.attempts.get(name, ())]
    while before and not before[-1].ok:
        before.pop()
    return Reference(attempts=tuple(before))


def missing(
    context: Context, folder: BuildFolder, suite: str, rows: Mapping[str, object]
) -> tuple[str, ...]:
    """The rows of the suite in the newest other build that has the suite, and not in this one."""
    here = {cell.id for cell in folder.plan().cells} | rows.keys()
    for other in (f for f in builds(context) if f.id != folder.id):
        known = [c.id for c in other.plan().cells if c.suite == suite and not c.node]
        if known:
            return tuple(name for name in known if name not in here)
    return ()
