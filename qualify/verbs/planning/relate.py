"""Relate: how strongly builds that differ are correlated over equal seeds, for the record.

Seeds are paired beside the test of ranks only where the same seed makes both builds good or both
bad *although* their predictions differ. That is measured on earlier builds, and what is recorded is
the lower confidence bound: a correlation that is believed too high costs more than one too low.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist

import numpy as np

from qualify.core.attempt import Attempt
from qualify.core.baseline import Baseline, Replicate
from qualify.core.canary import Canary
from qualify.core.errors import BaselineError
from qualify.core.event import AttemptFinished
from qualify.core.matrix import Lane
from qualify.core.metric import Metric
from qualify.core.plan import Cell
from qualify.judging.question import LEAST_CORRELATION
from qualify.stats.ranks import Floats
from qualify.verbs.planning.plan import Selection
from qualify.verbs.planning.power import committed, declared, judged_canaries
from qualify.verbs.seen import builds
from qualify.wiring import Context

LEAST_PAIRS = 10
"""Fewer pairs, over all builds, relate nothing."""
CONFIDENCE = 0.95
"""Of the one-sided lower bound that is recorded."""
_LEAST_SIZE = 3  # Fisher's z has variance 1 / (n - 3)
_CERTAIN = 1.0 - 1e-12

Pair = tuple[Attempt, Replicate]


@dataclass(frozen=True)
class Related:
    """One gating metric: the correlation over `pairs` of `builds` at `seeds` different seeds.

    `correlation` and `lower` are None where there are too few pairs, or where nothing varies;
    `paired` says whether the engine is going to pair seeds.
    """

    canary: str
    metric: str
    builds: int
    pairs: int
    seeds: int
    correlation: float | None = None
    lower: float | None = None

    @property
    def paired(self) -> bool:
        """Whether the record lets seeds be paired."""
        return self.lower is not None and self.lower >= LEAST_CORRELATION


def relate(context: Context, lane: Lane, selection: Selection) -> tuple[tuple[Related, ...], Path]:
    """Measure every selected canary, write the bounds into the baseline's file and name it.

    Raises BaselineError where no build of the work folder differs at enough seeds: nothing is
    written then.
    """
    baseline = committed(context, lane)
    cells, _ = declared(context, lane, selection)
    found = []
    for canary in judged_canaries(cells):
        groups = changed(context, lane, canary, baseline)
        found += [measure(canary, judged.metric, groups) for judged in canary.metrics]
    if all(one.lower is None for one in found):
        most = max((one.pairs for one in found), default=0)
        raise BaselineError(
            f"no build of {context.work} differs from {baseline.target} {baseline.version} on "
            f"{lane} at enough seeds: {LEAST_PAIRS} pairs are the least, and there are {most}",
            "qualify releases whose predictions changed first: `qualify run --candidate ...`",
        )
    return tuple(found), context.baselines.write(recorded(baseline, found))


def changed(
    context: Context, lane: Lane, canary: Canary, baseline: Baseline
) -> dict[str, list[Pair]]:
    """By build, trainings whose predictions differ from the baseline's at the same seed and data.

    Only of builds that trained the canary as it is declared today.
    """
    stored = {r.seed: r for r in baseline.of(canary.name) if r.predictions is not None}
    groups = {}
    for folder in builds(context):
        names = {c.id for c in folder.plan().cells if c.lane == lane and _alike(c, canary)}
        events = folder.ledger.events()
        attempts = (e.attempt for e in events if isinstance(e, AttemptFinished))
        ours = [a for a in attempts if a.cell in names and a.arm == "candidate"]
        pairs = list(_pairs(ours, stored))
        if pairs:
            groups[folder.id] = pairs
    return groups


def measure(canary: Canary, metric: Metric, groups: Mapping[str, Sequence[Pair]]) -> Related:
    """Correlate the losses on the judged scale, each build about its own means.

    The sample size of the bound is the number of different *seeds*: builds share the baseline's
    value of a seed, so that pairs of several builds are not independent.
    """
    positions = [_positions(metric, pairs) for pairs in groups.values()]
    kept = [one for one in positions if len(one) > 1]
    seeds = {a.seed for pairs in groups.values() for a, _ in pairs}
    pairs = sum(map(len, kept))
    blank = Related(canary.name, metric.name, len(kept), pairs, len(seeds))
    size = len(seeds) - len(kept) + 1  # every build's own mean costs one
    if pairs < LEAST_PAIRS or size <= _LEAST_SIZE:
        return blank
    ours, theirs = np.concatenate([_about_the_mean(one) for one in kept]).T
    spread = math.sqrt(float(ours @ ours) * float(theirs @ theirs))
    if spread == 0.0:
        return blank
    r = float(ours @ theirs) / spread
    return replace(blank, correlation=r, lower=lower_bound(r, size))


def _about_the_mean(positions: Floats) -> Floats:
    """Each arm's losses less their mean: exactly 0 where an arm never varies."""
    varies = np.ptp(positions, axis=0) > 0.0
    return np.where(varies, positions - positions.mean(axis=0), 0.0)


def lower_bound(r: float, n: int) -> float:
    """The lower confidence bound of the correlation of n > 3 pairs, by Fisher's z (1921)."""
    z = math.atanh(min(max(r, -_CERTAIN), _CERTAIN))
    return math.tanh(z - NormalDist().inv_cdf(CONFIDENCE) / math.sqrt(n - _LEAST_SIZE))


def recorded(baseline: Baseline, found: Sequence[Related]) -> Baseline:
    """The baseline with the bounds that are known; other records stay as they are."""
    bounds = {(one.canary, one.metric): one.lower for one in found if one.lower is not None}
    spreads = tuple(
        replace(s, correlation=bounds[s.canary, s.metric]) if (s.canary, s.metric) in bounds else s
        for s in baseline.spreads
    )
    return replace(baseline, spreads=spreads)


def _alike(cell: Cell, canary: Canary) -> bool:
    """Whether a cell trained what the canary trains."""
    of = cell.canary
    return of is not None and (of.name, of.dataset, of.task, of.budget, of.options) == (
        canary.name,
        canary.dataset,
        canary.task,
        canary.budget,
        canary.options,
    )


def _pairs(ours: Sequence[Attempt], stored: Mapping[int, Replicate]) -> Iterator[Pair]:
    """One pair a seed: the candidate's first result beside the stored one, where they differ."""
    first = {a.seed: a for a in reversed(ours) if a.ok}
    for seed, attempt in sorted(first.items()):
        replicate = stored.get(seed)
        if replicate is None or attempt.data != replicate.data:
            continue
        if attempt.predictions != replicate.predictions:
            yield attempt, replicate


def _positions(metric: Metric, pairs: Sequence[Pair]) -> Floats:
    """The losses of both arms on the judged scale, (pairs, 2)."""
    values = [(a.metrics.get(metric.name), r.metrics.get(metric.name)) for a, r in pairs]
    known = [(a, r) for a, r in values if a is not None and r is not None]
    placed = [
        (metric.position(a), metric.position(r))
        for a, r in known
        if metric.scale == "raw" or min(a, r) > 0.0
    ]
    found = np.array(placed, dtype=np.float64).reshape(-1, 2)
    return found[np.isfinite(found).all(axis=1)]
