"""Record a baseline: replicates of a reference build, for review and commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from qualify.building.provenance import provenance
from qualify.core.attempt import Attempt, Training
from qualify.core.baseline import Baseline, Replicate
from qualify.core.candidate import Build, BuildFailure
from qualify.core.errors import BaselineError
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.running.executing import Execution, known_attempts
from qualify.storing.ledger import JsonlLedger
from qualify.verbs.cells import collect, unavailable
from qualify.verbs.plan import Selection
from qualify.wiring import Context, trainer

Progress = Callable[[int, int, Attempt], None]


@dataclass(frozen=True)
class Recording:
    """What is asked for: a build on a lane, its dependencies held to `lock` where it names them."""

    spec: str
    lane: Lane
    lock: tuple[str, ...] = ()
    replicates: int | None = None


def record(
    context: Context, asked: Recording, selection: Selection, progress: Progress
) -> tuple[Baseline, Path]:
    """Train every canary that is judged by stored values, and write the file.

    An interrupted recording resumes. Raises BaselineError, CandidateError, SuiteError.
    """
    reason = unavailable(asked.lane)
    if reason:
        raise BaselineError(f"{asked.lane}: {reason}")
    build = _build(context, asked)
    cells = [c for c in collect(context, [asked.lane]) if _stored(c) and selection.takes(c)]
    folder = context.work / "recordings" / f"{build.target}-{build.version}-{asked.lane}"
    jobs = [(cell, seed) for cell in cells for seed in _seeds(cell, asked)]
    replicates: list[Replicate] = []

    def one(job: tuple[Cell, int]) -> tuple[Cell, Attempt]:
        return job[0], _train(context, folder, build, *job)

    with ThreadPoolExecutor(context.config.jobs) as pool:
        for done, (cell, attempt) in enumerate(pool.map(one, jobs), start=1):
            replicates.append(Replicate.of(cell.name, attempt))
            progress(done, len(jobs), attempt)
    baseline = Baseline(
        target=build.target,
        version=build.version,
        lane=str(asked.lane),
        provenance=build.provenance,
        lock=build.environments[str(asked.lane)].lock,
        replicates=tuple(replicates),
    )
    return baseline, context.baselines.write(baseline)


def _stored(cell: Cell) -> bool:
    return bool(cell.canary and cell.canary.metrics and not cell.canary.interleaved)


def _seeds(cell: Cell, asked: Recording) -> range:
    return range(asked.replicates or (cell.canary.cap if cell.canary else 0))


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


def _train(context: Context, folder: Path, build: Build, cell: Cell, seed: int) -> Attempt:
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
    attempt = execution(Training(cell.id, "baseline", cell.canary, seed))
    if attempt.ok:
        execution.trainer.tidy(attempt)
    return attempt
