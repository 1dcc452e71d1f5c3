"""Record a baseline: replicates of a reference build, for review and commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from qualify.building.provenance import provenance
from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.baseline import DEFAULT, LEAST, Baseline, Repeats, Replicate, Spread, spreads
from qualify.core.canary import Canary
from qualify.core.candidate import Build, BuildFailure
from qualify.core.errors import BaselineError
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.running.executing import Execution, known_attempts
from qualify.storing.ledger import JsonlLedger
from qualify.verbs.cells import collect, unavailable
from qualify.verbs.planning.plan import Selection
from qualify.wiring import Context, trainer

Progress = Callable[[int, int, Attempt], None]
T = TypeVar("T", Replicate, Spread, Repeats)
REPEATED = 3
"""So many seeds are trained twice: as many as the rule of identical predictions compares."""


@dataclass(frozen=True)
class Recording:
    """What is asked for: a build on a lane, its dependencies held to `lock` where it names them.

    `add` keeps the canaries that are recorded already, and the dependencies that they had.
    """

    spec: str
    lane: Lane
    lock: tuple[str, ...] = ()
    replicates: int = DEFAULT
    add: bool = False


def record(
    context: Context, asked: Recording, selection: Selection, progress: Progress
) -> tuple[Baseline, Path]:
    """Train every canary that is judged by stored values, and write the file.

    The first seeds are trained twice, to record how often the build repeats its own predictions.
    An interrupted recording resumes. Raises BaselineError, CandidateError, SuiteError.
    """
    reason = unavailable(asked.lane)
    if reason:
        raise BaselineError(f"{asked.lane}: {reason}")
    build, stored = _begun(context, asked)
    cells = [c for c in collect(context, [asked.lane]) if _stored(c) and selection.takes(c)]
    folder = context.work / "recordings" / f"{build.target}-{build.version}-{asked.lane}"
    jobs = [
        (cell, seed, number)
        for cell in cells
        for number, seeds in ((1, asked.replicates), (2, REPEATED))
        for seed in range(seeds)
    ]
    trained: dict[str, dict[int, list[Attempt]]] = {c.name: {1: [], 2: []} for c in cells}

    def one(job: tuple[Cell, int, int]) -> tuple[str, Attempt]:
        return job[0].name, _train(context, folder, build, job)

    with ThreadPoolExecutor(context.config.jobs) as pool:
        for done, (name, attempt) in enumerate(pool.map(one, jobs), start=1):
            trained[name][attempt.number].append(attempt)
            progress(done, len(jobs), attempt)
    baseline = _recorded(build, asked, trained)
    _refuse_useless(cells, baseline)
    baseline = _beside(stored, baseline) if stored else baseline
    return baseline, context.baselines.write(baseline)


def _begun(context: Context, asked: Recording) -> tuple[Build, Baseline | None]:
    """Make the build, and read what it is added to; raises BaselineError where they differ."""
    build = _build(context, asked)
    if not asked.add:
        return build, None
    stored = context.baselines.read(build.target, build.version, asked.lane)
    if stored is None:
        remedy = "leave --add out to record all"
        raise BaselineError(f"no baseline of {build.version} on {asked.lane} to add to", remedy)
    build = _build(context, replace(asked, lock=stored.lock))
    made = build.environments[str(asked.lane)].lock
    if made != stored.lock:
        other = ", ".join(sorted({*made} ^ {*stored.lock}))
        remedy = "leave --add out to record all with today's dependencies"
        raise BaselineError(
            f"the dependencies of the stored baseline are not to be had: {other}", remedy
        )
    return build, stored


def _beside(stored: Baseline, new: Baseline) -> Baseline:
    """Put newly recorded canaries beside the stored ones; a canary recorded again is replaced."""
    names = {r.canary for r in new.replicates}

    def kept(rows: Iterable[T]) -> tuple[T, ...]:
        return tuple(row for row in rows if row.canary not in names)

    return replace(
        stored,
        replicates=kept(stored.replicates) + new.replicates,
        spreads=kept(stored.spreads) + new.spreads,
        repeats=kept(stored.repeats) + new.repeats,
    )


def _recorded(
    build: Build, asked: Recording, trained: dict[str, dict[int, list[Attempt]]]
) -> Baseline:
    """Put the trainings, their spreads and their repeats together."""
    replicates = {name: [Replicate.of(name, a) for a in by[1]] for name, by in trained.items()}
    return Baseline(
        target=build.target,
        version=build.version,
        lane=str(asked.lane),
        provenance=build.provenance,
        lock=build.environments[str(asked.lane)].lock,
        replicates=tuple(r for rows in replicates.values() for r in rows),
        spreads=tuple(s for name, rows in replicates.items() for s in spreads(name, rows)),
        repeats=tuple(_repeats(name, by) for name, by in trained.items()),
    )


def _repeats(name: str, by: dict[int, list[Attempt]]) -> Repeats:
    """Compare the second execution of the first seeds with the first."""
    first = {a.seed: a for a in by[1] if a.ok}
    both = [(first[a.seed], a) for a in by[2] if a.ok and a.seed in first]
    return Repeats(name, sum(a.predictions == b.predictions for a, b in both), len(both))


def _refuse_useless(cells: list[Cell], baseline: Baseline) -> None:
    """Raise BaselineError, naming every gating metric that no candidate could be ranked by."""
    wrong = [
        mistake for cell in cells if cell.canary for mistake in mistakes(cell.canary, baseline)
    ]
    if wrong:
        raise BaselineError(
            "the recorded replicates cannot judge a candidate:\n  " + "\n  ".join(wrong),
            "record more replicates, or judge another metric",
        )


def mistakes(canary: Canary, baseline: Baseline) -> list[str]:
    """What keeps a baseline from judging a canary's metrics: too few replicates, or constant."""
    where = f"{canary.name} on {baseline.lane}"
    usable = sum(r.outcome is Outcome.OK for r in baseline.of(canary.name))
    if usable < LEAST:
        return [f"{where}: {usable} usable replicates, the least is {LEAST}"]
    found = []
    for judged in canary.metrics:
        spread = baseline.spread(canary.name, judged.name)
        if spread is None:
            found.append(f"{where}: {judged.name} has no recorded spread")
        elif spread.scale == 0.0:
            found.append(f"{where}: {judged.name} has the same value in all {usable} replicates")
    return found


def _stored(cell: Cell) -> bool:
    canary = cell.canary
    return bool(canary and canary.metrics and not canary.interleaved and not cell.skip)


def _build(context: Context, asked: Recording) -> Build:
    source = context.fetcher().fetch(asked.spec)
    wheel = context.builder().build(source)
    if isinstance(wheel, BuildFailure):
        raise BaselineError(f"{asked.spec}: {wheel.reason}", f"see {wheel.log}")
    made = context.installer().install(wheel, asked.lane, asked.lock)
    if isinstance(made, BuildFailure):
        raise BaselineError(f"{asked.spec} on {asked.lane}: {made.reason}", f"see {made.log}")
    return Build(
        id="baseline",
        target=context.config.target.name,
        source=source,
        provenance=provenance(source, wheel.sha256, context.clock.now()),
        wheel=wheel,
        environments={str(asked.lane): made},
    )


def _train(context: Context, folder: Path, build: Build, job: tuple[Cell, int, int]) -> Attempt:
    cell, seed, number = job
    if cell.canary is None:
        raise TypeError(f"{cell.id} is no canary")
    ledger = JsonlLedger(folder / "ledger.jsonl")
    execution = Execution(
        cell=cell,
        builds={"baseline": build},
        ledger=ledger,
        trainer=trainer(folder, context.adapter.path),
        clock=context.clock,
        known=known_attempts(ledger, cell),
    )
    attempt = execution(Training(cell.id, "baseline", cell.canary, seed, number))
    if attempt.ok:
        execution.trainer.tidy(attempt)
    return attempt
