"""Diagnose: a small designed experiment that finds where the noise of a canary comes from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qualify.building.provenance import provenance
from qualify.core.attempt import Attempt, Training
from qualify.core.canary import Canary, Judged
from qualify.core.candidate import Build, BuildFailure, Source, Wheel
from qualify.core.errors import CandidateError, ConfigError, nearest
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.judging.diagnosis import Diagnosis, diagnose
from qualify.running.executing import Execution, known_attempts
from qualify.storing.ledger import JsonlLedger
from qualify.verbs.cells import collect, unsupported
from qualify.verbs.diagnosing.experiment import Asked, Bench, Progress, experiment
from qualify.verbs.planning.plan import Selection, lanes
from qualify.wiring import Context, trainer

_DRAWS = 20_250_101  # the seed of the intervals' draws: the same trainings give the same words


def examine(context: Context, asked: Asked, progress: Progress) -> Diagnosis:
    """Train the conditions of the experiment and read them; interrupted, it resumes.

    Raises ConfigError for a cell that trains nothing here, CandidateError for a build that cannot
    be had, InfrastructureError where the machine failed.
    """
    cell, canary = _find(context, asked)
    build, lane = _build(context, asked, cell)
    folder = context.work / "diagnoses" / f"{build.target}-{build.version}-{lane}"
    ledger = JsonlLedger(folder / "ledger.jsonl")
    execution = Execution(
        cell=cell,
        builds={asked.of: build},
        ledger=ledger,
        trainer=trainer(folder, context.adapter.path),
        clock=context.clock,
        known=known_attempts(ledger, cell),
    )

    def train(training: Training) -> Attempt:
        attempt = execution(training)
        if attempt.ok:
            execution.trainer.tidy(attempt)
        return attempt

    if not asked.estimators and "estimators" not in canary.options:
        asked = replace(asked, estimators=context.adapter.estimators.get(canary.task, ()))
    bench = Bench(cell, asked.of, train, progress, context.config.jobs)
    found = experiment(canary, asked, context.adapter.honours, bench.observe)
    rng = np.random.default_rng(_DRAWS)
    return diagnose(cell.id, f"{build.target} {build.version}", canary, found, rng)


def _find(context: Context, asked: Asked) -> tuple[Cell, Canary]:
    """The cell, and its canary with a metric to look at; raises ConfigError."""
    lane = asked.cell.rpartition("@")[2]
    more = (Lane.parse(lane),) if "@" in asked.cell else ()
    on = dict.fromkeys((*lanes(context, Selection()), *more))
    cells = {c.id: c for c in collect(context, tuple(on))}
    cell = cells.get(asked.cell)
    if cell is None:
        trained = [name for name, one in cells.items() if one.canary]
        raise ConfigError(f"there is no cell {asked.cell!r}", nearest(asked.cell, trained))
    if cell.canary is None or cell.lane is None:
        raise ConfigError(f"{cell.id} trains nothing", "choose a canary: `qualify cells`")
    if cell.skip:
        raise ConfigError(f"{cell.id} cannot be trained here: {cell.skip}")
    canary = cell.canary
    if asked.estimators:
        listed = replace(canary, options={**canary.options, "estimators": [*asked.estimators]})
        reason = unsupported(replace(cell, canary=listed), context.adapter)
        if reason:
            raise ConfigError(reason, "leave --estimators out")
    usual = Judged("rmse" if canary.task == "regression" else "log_loss", 0.0)
    return cell, replace(canary, metrics=canary.metrics or (usual,))


def _build(context: Context, asked: Asked, cell: Cell) -> tuple[Build, Lane]:
    """Make the build on the lane, its dependencies as in the reviewed baseline if there is one."""
    target = context.config.target
    source, wheel = _wheel(context, target.baseline)
    lane = cell.lane or Lane("")
    stored = context.baselines.read(target.name, wheel.version, lane.reference)
    if asked.of == "baseline":
        lane = lane.reference
    else:
        source, wheel = _wheel(context, target.candidate)
    made = context.installer().install(wheel, lane, stored.lock if stored else ())
    if isinstance(made, BuildFailure):
        raise CandidateError(f"{source.spec} on {lane}: {made.reason}", f"see {made.log}")
    build = Build(
        id=asked.of,
        target=target.name,
        source=source,
        provenance=provenance(source, wheel.sha256, context.clock.now()),
        wheel=wheel,
        environments={str(lane): made},
    )
    return build, lane


def _wheel(context: Context, spec: str) -> tuple[Source, Wheel]:
    source = context.fetcher().fetch(spec)
    wheel = context.builder().build(source)
    if isinstance(wheel, BuildFailure):
        raise CandidateError(f"{spec} cannot be built: {wheel.reason}", f"see {wheel.log}")
    return source, wheel
