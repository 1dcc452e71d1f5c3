"""The replicates of a reference build on one lane, reviewed and committed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import stdev

from qualify.core.attempt import Attempt, Outcome
from qualify.core.candidate import Provenance
from qualify.core.metric import metric as metric_of

LEAST = 20
"""A baseline of fewer replicates decides nothing at the levels of a grid."""
DEFAULT = 50
"""The replicates of a baseline that is recorded without asking for another number."""


@dataclass(frozen=True)
class Replicate:
    """One training planned for statistics. `predictions` is their digest, `data` the split's."""

    canary: str
    seed: int
    data: str
    outcome: Outcome
    predictions: str | None
    metrics: dict[str, float]

    @classmethod
    def of(cls, canary: str, attempt: Attempt) -> Replicate:
        """What a training contributes to statistics."""
        return cls(
            canary,
            attempt.seed,
            attempt.data,
            attempt.outcome,
            attempt.predictions,
            attempt.metrics,
        )


@dataclass(frozen=True)
class Spread:
    """What the design of a test needs to know of a metric, frozen when the baseline is recorded.

    `scale` is the standard deviation of `m` replicates on the judged scale; `correlation` is that
    of paired seeds across builds whose predictions changed, None where it is not known.
    """

    canary: str
    metric: str
    unit: str
    direction: str
    m: int
    scale: float
    correlation: float | None = None


def spreads(canary: str, replicates: Sequence[Replicate]) -> tuple[Spread, ...]:
    """The spread of every quality metric that all usable replicates have."""
    usable = [r for r in replicates if r.outcome is Outcome.OK]
    found = []
    names = dict.fromkeys(name for replicate in usable for name in replicate.metrics)
    for metric in map(metric_of, names):
        values = [r.metrics.get(metric.name, math.nan) for r in usable]
        fit = all(math.isfinite(v) and (metric.scale == "raw" or v > 0.0) for v in values)
        if metric.kind == "quality" and fit and len(values) > 1:
            scale = stdev(map(metric.position, values))
            found.append(
                Spread(canary, metric.name, metric.unit, metric.direction, len(values), scale)
            )
    return tuple(found)


@dataclass(frozen=True)
class Repeats:
    """How often the reference build, trained again with equal seeds, predicts bit for bit alike.

    `touched` bounds how often builds that changed the canary's predictions still matched some; None
    where no such build is known.
    """

    canary: str
    identical: int
    compared: int
    touched: float | None = None


@dataclass(frozen=True)
class Baseline:
    """`lock` are the `name==version` lines that a `locked` lane holds fixed."""

    target: str
    version: str
    lane: str
    provenance: Provenance
    lock: tuple[str, ...]
    replicates: tuple[Replicate, ...]
    spreads: tuple[Spread, ...] = ()
    repeats: tuple[Repeats, ...] = ()

    def of(self, canary: str) -> tuple[Replicate, ...]:
        """The replicates of one canary, in the order of their seeds."""
        mine = (r for r in self.replicates if r.canary == canary)
        return tuple(sorted(mine, key=lambda r: r.seed))

    def repeatability(self, canary: str) -> Repeats:
        """The record of a canary's repeats; of no comparison where there is none."""
        return next((r for r in self.repeats if r.canary == canary), Repeats(canary, 0, 0))

    def spread(self, canary: str, metric: str) -> Spread | None:
        """The recorded spread of a metric, if it was recorded."""
        asked = (canary, metric)
        return next((s for s in self.spreads if (s.canary, s.metric) == asked), None)
