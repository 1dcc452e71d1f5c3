"""Ingest: JUnit XML of any runner becomes rows of a build's column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from qualify.building.provenance import provenance
from qualify.building.specs import parse
from qualify.core.attempt import Attempt, Outcome
from qualify.core.candidate import Build, Source
from qualify.core.data import digest
from qualify.core.errors import ConfigError
from qualify.core.event import AttemptFinished, CellFinished, CellPlanned, Event
from qualify.core.plan import Cell
from qualify.core.verdict import Decision, Status, Verdict
from qualify.judging.ingested import judge_row
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import verdicts
from qualify.storing.junitcase import Execution
from qualify.storing.junitfile import Report, Row, read_junit
from qualify.verbs.ingesting.usual import attempts_in, missing, past, reference
from qualify.verbs.judge import judge
from qualify.verbs.planning.intended import sketch
from qualify.verbs.seen import builds
from qualify.wiring import Context

SUITE = "ingested"
_SUITE = re.compile(r"[A-Za-z0-9][\w.-]*")
_OUTCOMES = {"passed": Outcome.OK, "failed": Outcome.ERROR}


@dataclass(frozen=True)
class Ingested:
    """What ingesting did: the rows with their statuses, and which of them are new.

    `missing` are rows of the same suite that an earlier build has and this one has not. `decision`
    is None while cells of the build are still being filled.
    """

    build: str
    rows: Mapping[str, Status]
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    decision: Decision | None


def ingest(context: Context, folder: BuildFolder, paths: Sequence[Path], suite: str) -> Ingested:
    """Append the rows of the files to the build; what it has already changes nothing.

    Raises ConfigError for a file that is not JUnit XML, and for a row that the suites declare.
    """
    if not _SUITE.fullmatch(suite):
        raise ConfigError(f"{suite!r} cannot name a suite", "use letters, digits, . _ and -")
    reports = [read_junit(path) for path in paths]
    rows = {Cell(suite, name, None, "").id: mine for name, mine in _by_name(reports).items()}
    with FileLock(folder.path / "ingest.lock"):
        _plan(folder, [_cell(suite, mine[0][1]) for mine in rows.values()])
        changed = _append(context, folder, rows)
    found = verdicts(folder.ledger.events())
    is_open = any(verdict.status is Status.RUNNING for verdict in found.values())
    return Ingested(
        folder.id,
        {name: found[name].status for name in rows},
        changed,
        missing(context, folder, suite, rows),
        None if is_open else judge(folder, context.clock).column.decision,
    )


def column_of(context: Context, label: str) -> BuildFolder:
    """The newest build of that candidate, or a column of its own that nothing was built for.

    Raises CandidateError for a label that names no candidate.
    """
    known = [folder for folder in builds(context) if folder.plan().candidate == label]
    if known:
        return known[0]
    identity = digest([context.config.target.name, "ingested", label])
    source = Source(parse(label).kind, label, identity, "", note="results of another runner")
    folder = context.shelf.take(identity)
    folder.save_plan(replace(sketch(context, ()), build=folder.id, candidate=label))
    made = provenance(source, None, context.clock.now())
    folder.save_candidate(Build(folder.id, context.config.target.name, source, made))
    return folder


def _by_name(reports: Iterable[Report]) -> dict[str, list[tuple[str, Row]]]:
    """The rows of all files with the digest of their file; equal files count once."""
    found: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for sha256, report in {report.sha256: report for report in reports}.items():
        for row in report.rows:
            found[row.name].append((sha256, row))
    return found


def _cell(suite: str, row: Row) -> Cell:
    """The row's cell: without a node, because pytest does not fill it here, and without a lane."""
    return Cell(suite, row.name, None, "", owner=row.owner, about=row.about)


def _plan(folder: BuildFolder, cells: Sequence[Cell]) -> None:
    """Add the cells to the plan first: a row that is planned and has no record is never green."""
    plan = folder.plan()
    ours = {cell.id: cell for cell in cells}
    taken = [cell.id for cell in plan.cells if cell.id in ours and cell.node]
    if taken:
        raise ConfigError(f"{taken[0]} is a cell of the suites", "give the rows another --suite")
    rest = tuple(cell for cell in plan.cells if cell.id not in ours)
    folder.save_plan(replace(plan, cells=(*rest, *cells)))


def _append(
    context: Context, folder: BuildFolder, rows: Mapping[str, list[tuple[str, Row]]]
) -> tuple[str, ...]:
    """Write what is new of every row, and its verdict; returns the rows that changed."""
    known = attempts_in(folder)
    found = verdicts(folder.ledger.events())
    others = list(past(context, folder, rows))
    alpha = folder.plan().budget.alpha
    now = context.clock.now
    changed: list[str] = []
    events: list[Event] = []
    for name, mine in rows.items():
        before = {attempt.training: attempt for attempt in known[name]}
        new = [a for a in _executed(name, mine, len(before)) if a.training not in before]
        everything = (*before.values(), *new)
        margins = {k: v for _, row in mine for k, v in row.margins.items()}
        verdict = judge_row(everything, margins, reference(name, others), alpha, _skipped(mine))
        if not new and not _stale(found.get(name), verdict):
            continue
        events.append(CellPlanned(now(), name))
        events += (AttemptFinished(now(), attempt) for attempt in new)
        inputs = digest([attempt.training for attempt in everything])
        events.append(CellFinished(now(), name, inputs, verdict))
        changed.append(name)
    if events:  # together: the disk is waited for once, and not thrice a row
        folder.ledger.append(*events)
    return tuple(changed)


def _skipped(mine: Sequence[tuple[str, Row]]) -> str:
    """Why a row was skipped, as its last execution says."""
    return [one.message for _, row in mine for one in row.executions][-1]


def _stale(before: Verdict | None, now: Verdict) -> bool:
    """Whether a row without a new execution wants a record: none, a torn one, another reason."""
    if before is None or before.status in (Status.RUNNING, Status.LOST):
        return True
    return now.status is Status.SKIPPED and before != now


def _executed(name: str, mine: Sequence[tuple[str, Row]], first: int) -> Iterator[Attempt]:
    """The executions as attempts, named by their file's digest, so that none is counted twice."""
    number = first
    for sha256, row in mine:
        for place, one in enumerate(row.executions):
            if one.outcome != "skipped":
                number += 1
                yield _attempt(name, number, digest([sha256, row.name, place]), one)


def _attempt(name: str, number: int, training: str, one: Execution) -> Attempt:
    return Attempt(
        cell=name,
        arm="candidate",
        seed=0,
        number=number,
        training=training,
        outcome=_OUTCOMES[one.outcome],
        metrics=dict(one.metrics),
        wall_s=one.seconds,
        message=one.message,
        log_tail=one.tail,
    )
