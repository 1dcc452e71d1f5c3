"""Calibrate: a build against itself, on this machine. Whatever is held is held falsely.

Many releases are simulated from the real replicates of the reviewed baseline, and some are trained:
the baseline build is qualified as a candidate, by the very verbs of a real run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from qualify.core.baseline import Baseline
from qualify.core.candidate import BuildFailure
from qualify.core.errors import BaselineError
from qualify.core.matrix import Lane
from qualify.core.plan import Plan
from qualify.core.verdict import Decision, Verdict
from qualify.judging.decision import decide
from qualify.judging.identity import fit
from qualify.judging.release import findings
from qualify.storing.columns import verdicts
from qualify.verbs.build import build
from qualify.verbs.calibrating.calibration import Calibration, Simulated, TrainedBuild
from qualify.verbs.calibrating.resampling import FEWEST, Subject, release, subject
from qualify.verbs.canaries import Watch, canaries
from qualify.verbs.judge import judge
from qualify.verbs.planning.intended import baseline_version, baselines, intended, judges
from qualify.verbs.planning.plan import Selection
from qualify.wiring import Context

NOT_FREE = "!*-free"
"""A free lane trains a build with other dependencies than its baseline's: that is no A/A."""
_SHARED = ("sources", "wheels", "environments")

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """So many releases simulated, of a generator's `seed`, and so many builds trained."""

    releases: int = 200
    trained: int = 1
    seed: int = 0
    fresh: bool = False


def calibrate(
    context: Context, selection: Selection, asked: Asked, watch: Watch, told: Told
) -> Calibration:
    """Simulate, then train; `told` hears how many releases are done, of how many.

    Raises BaselineError where no canary has enough committed replicates to be split.
    """
    plan = intended(context, selection)
    version = _version(context)

    @cache
    def stored(lane: Lane) -> dict[str, Baseline]:
        return baselines(context, version, lane)

    simulated = simulate(plan, stored, asked, told) if asked.releases else None
    trained = tuple(
        _trained(context, selection, number, watch, fresh=asked.fresh)
        for number in range(1, asked.trained + 1)
    )
    lanes = sorted({c.lane.reference for c in plan.chosen() if c.lane and c.canary})
    recorded = [
        r for lane in lanes if "baseline" in stored(lane) for r in stored(lane)["baseline"].repeats
    ]
    compared = sum(r.compared for r in recorded)
    rate = sum(r.identical for r in recorded) / compared if compared else None
    return Calibration(plan.budget.alpha, simulated, trained, rate)


def simulate(
    plan: Plan, stored: Callable[[Lane], dict[str, Baseline]], asked: Asked, told: Told
) -> Simulated:
    """Judge simulated releases of all cells that have replicates, at the plan's own levels."""
    subjects, without = _subjects(plan, stored)
    if not subjects:
        raise BaselineError(
            f"no canary has the {FEWEST} committed replicates that both arms of a simulated "
            f"release need: {', '.join(without) or 'none is judged by stored ones'}",
            "record more: `qualify baseline record --replicates 50`, or give --releases 0",
        )
    part = replace(plan, selected=tuple(of.cell.id for of in subjects))
    held, red, trainings, statuses = 0, 0, 0, Counter[str]()
    reasons: list[str] = []
    for number in range(asked.releases):
        rng = np.random.default_rng([asked.seed, number])
        found = release(subjects, plan.levels, rng, f"{asked.seed}|{number}")
        decision = whole(part, found)
        held += decision.answer == "hold"
        red += any(verdict.status.red for verdict in found.values())
        reasons += [decision.sentence] if decision.answer == "hold" else []
        statuses.update(verdict.status.value for verdict in found.values())
        trainings += decision.trainings
        told(number + 1, asked.releases)
    return Simulated(
        asked.releases,
        len(subjects),
        without,
        held,
        red,
        tuple(reasons),
        dict(statuses),
        trainings,
    )


def whole(plan: Plan, found: dict[str, Verdict]) -> Decision:
    """The decision on a simulated release, with what its cells show together."""
    judged = [(cell, found[cell.id]) for cell in plan.chosen()]
    return decide(plan, found, findings(judged, plan.levels, fit([], {})))


def _version(context: Context) -> str | None:
    """The baseline's version; it is built where nothing else tells."""
    known = baseline_version(context)
    if known is not None:
        return known
    made = context.builder().build(context.fetcher().fetch(context.config.target.baseline))
    return None if isinstance(made, BuildFailure) else made.version


def _subjects(
    plan: Plan, stored: Callable[[Lane], dict[str, Baseline]]
) -> tuple[list[Subject], tuple[str, ...]]:
    """The cells with enough replicates, and the names of those without."""
    subjects, without = [], []
    for cell in plan.chosen():
        if cell.lane is None or cell.canary is None or cell.skip:
            continue
        of = stored(cell.lane.reference)
        if not judges(cell.canary, of):
            continue
        made = subject(cell, cell.canary, of["baseline"].of(cell.canary.name))
        if made is None:
            without.append(cell.id)
        else:
            subjects.append(made)
    return subjects, tuple(without)


def _trained(
    context: Context, selection: Selection, number: int, watch: Watch, *, fresh: bool
) -> TrainedBuild:
    """Qualify the baseline build as a candidate, in a work folder of its own."""
    own = beside(context, number)
    locked = replace(selection, patterns=(*selection.patterns, NOT_FREE))
    folder = build(own, locked)
    canaries(own, folder, watch, fresh=fresh)
    decision = judge(folder, own.clock).selected
    found = verdicts(folder.ledger.events())
    chosen = [found[cell.id] for cell in folder.plan().chosen() if cell.id in found]
    red = [c.id for c in folder.plan().chosen() if c.id in found and found[c.id].status.red]
    compared = [one for verdict in chosen for one in verdict.identical]
    return TrainedBuild(
        number,
        decision.answer,
        decision.sentence,
        tuple(red),
        sum(compared),
        len(compared),
        decision.trainings,
    )


def beside(context: Context, number: int) -> Context:
    """A work folder of its own, which shares what was fetched, built and installed."""
    own = context.work / "calibration" / f"A{number:02d}"
    own.mkdir(parents=True, exist_ok=True)
    for name in _SHARED:
        (context.work / name).mkdir(parents=True, exist_ok=True)
        link = own / name
        if not link.is_symlink():
            link.symlink_to(context.work / name, target_is_directory=True)
    config = context.config
    target = config.target.model_copy(update={"candidate": config.target.baseline})
    paths = config.paths.model_copy(update={"work": str(own)})
    return Context(
        config.model_copy(update={"target": target, "paths": paths}), context.root, context.report
    )
