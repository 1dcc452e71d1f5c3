"""The values of a metric, as the tests want them: losses on the judged scale, with their ties."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qualify.core.attempt import Attempt
from qualify.core.baseline import Replicate
from qualify.core.canary import Judged
from qualify.core.metric import Metric
from qualify.judging.evidence import Evidence, Reference
from qualify.stats.limits import BASELINES, largest
from qualify.stats.ranks import Floats, tie_breakers

Trained = Attempt | Replicate


@dataclass(frozen=True)
class Sample:
    """The replicates of one arm, in the order of their seeds.

    `values` are in the metric's unit; `losses` (n,) are on the judged scale, larger is worse;
    `ties` (n,) order equal losses, the same way for good.
    """

    seeds: tuple[int, ...]
    values: tuple[float, ...]
    losses: Floats
    ties: Floats

    def first(self, count: int) -> Sample:
        """The sample of the first `count` seeds."""
        return Sample(
            self.seeds[:count], self.values[:count], self.losses[:count], self.ties[:count]
        )


def candidate_sample(judged: Judged, evidence: Evidence) -> Sample:
    """The candidate's replicates at the registered seeds."""
    return _sample(judged, evidence.results, f"{evidence.salt}|candidate")


def reference_sample(judged: Judged, reference: Reference, salt: str) -> Sample:
    """The stored replicates, as many as there is a calibrated number of.

    Raises UncalibratedError for fewer usable replicates than the least calibrated number.
    """
    whole = _sample(judged, reference.usable, f"{salt}|{reference.name}")
    return whole.first(int(largest(len(whole.seeds), BASELINES, "a number of replicates")))


def paired_samples(
    judged: Judged, ours: Mapping[int, Trained], theirs: Mapping[int, Trained], salt: str
) -> tuple[Sample, Sample]:
    """Both arms at the seeds that both have, with equal data."""
    common = [s for s in ours if s in theirs and ours[s].data == theirs[s].data]
    mine = _sample(judged, {s: ours[s] for s in common}, f"{salt}|candidate")
    other = _sample(judged, {s: theirs[s] for s in common}, f"{salt}|fresh")
    both = set(mine.seeds) & set(other.seeds)
    return _only(mine, both), _only(other, both)


def unusable(judged: Judged, evidence: Evidence) -> tuple[int, ...]:
    """The seeds at which the candidate trained, but the metric has no usable value."""
    results = evidence.results
    return tuple(s for s, a in results.items() if _usable(judged.metric, a) is None)


def _sample(judged: Judged, of: Mapping[int, Trained], salt: str) -> Sample:
    known = {seed: _usable(judged.metric, of[seed]) for seed in sorted(of)}
    rows = {seed: value for seed, value in known.items() if value is not None}
    losses = [judged.metric.position(value) for value in rows.values()]
    ties = tie_breakers(f"{salt}|{judged.name}|{seed}" for seed in rows)
    return Sample(tuple(rows), tuple(rows.values()), np.array(losses, dtype=np.float64), ties)


def _only(sample: Sample, seeds: set[int]) -> Sample:
    keep = np.array([s in seeds for s in sample.seeds], dtype=bool)
    kept = [i for i, one in enumerate(keep) if one]
    return Sample(
        tuple(sample.seeds[i] for i in kept),
        tuple(sample.values[i] for i in kept),
        sample.losses[keep],
        sample.ties[keep],
    )


def _usable(metric: Metric, of: Trained) -> float | None:
    """The metric's value, if it is finite and on the metric's scale."""
    value = of.metrics.get(metric.name, math.nan)
    return value if math.isfinite(value) and (metric.scale == "raw" or value > 0.0) else None
