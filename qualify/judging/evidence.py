"""The inputs that rules may ask for by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate
from qualify.core.canary import Canary, Judged
from qualify.core.metric import Metric
from qualify.judging.history import SeedHistory, histories, next_training
from qualify.stats.rates import Count


@dataclass(frozen=True)
class Evidence:
    """All that is known of a cell. `alpha` and `beta` are those of one metric's test."""

    canary: Canary
    attempts: tuple[Attempt, ...]
    baseline: tuple[Replicate, ...]
    alpha: float
    beta: float

    @cached_property
    def histories(self) -> tuple[SeedHistory, ...]:
        """What was executed of each seed, in the seeds' order."""
        return histories(self.canary, self.attempts)

    @cached_property
    def results(self) -> dict[int, Attempt]:
        """The usable result of each seed that gave one."""
        return {h.seed: h.result for h in self.histories if h.result is not None}

    @cached_property
    def reference(self) -> dict[int, Replicate]:
        """The baseline's usable result of each seed that gave one."""
        return {r.seed: r for r in reversed(self.baseline) if r.outcome is Outcome.OK}

    @cached_property
    def baseline_failed(self) -> frozenset[int]:
        """The seeds at which the baseline's first execution failed."""
        first = _first_outcomes([(r.seed, r.outcome) for r in self.baseline])
        return frozenset(seed for seed, outcome in first.items() if outcome is not Outcome.OK)

    @cached_property
    def baseline_failures(self) -> Count:
        """How often the baseline fails; re-executions and runner's trouble do not count."""
        first = _first_outcomes([(r.seed, r.outcome) for r in self.baseline])
        return Count(len(self.baseline_failed), len(first))

    @cached_property
    def failures(self) -> Count:
        """How often the candidate fails; re-executions and runner's trouble do not count."""
        first = [h.executed[0] for h in self.histories if h.executed]
        return Count(sum(not a.ok for a in first), len(first))

    @cached_property
    def exhausted(self) -> bool:
        """Whether no further training can come."""
        return next_training(self.canary, self.attempts) is None


@dataclass(frozen=True)
class Pairs:
    """The values of one metric, candidate and baseline, paired by position with `seeds`.

    `losses` are on the judged scale; `planned` is the number of pairs that the cap allows,
    `complete` says that no further pair can come; `unusable` are the seeds at which the candidate
    trained, but the metric has no finite value.
    """

    judged: Judged
    seeds: tuple[int, ...]
    candidate: tuple[float, ...]
    baseline: tuple[float, ...]
    losses: tuple[float, ...]
    planned: int
    complete: bool
    unusable: tuple[int, ...] = ()


def pair(judged: Judged, evidence: Evidence) -> Pairs:
    """Pair the usable results of a metric by seed, where both saw the same data."""
    metric = judged.metric
    theirs = {s: v for s, r in evidence.reference.items() if (v := _usable(metric, r)) is not None}
    ours = {s: v for s, a in evidence.results.items() if (v := _usable(metric, a)) is not None}
    planned = [s for s in evidence.canary.seeds() if evidence.canary.interleaved or s in theirs]
    open_ = set(planned) - {h.seed for h in evidence.histories if h.settled}
    both = [s for s in planned if s in ours and s in theirs and _same_data(evidence, s)]
    return Pairs(
        judged,
        seeds=tuple(both),
        candidate=tuple(ours[s] for s in both),
        baseline=tuple(theirs[s] for s in both),
        losses=tuple(metric.loss(ours[s], theirs[s]) for s in both),
        planned=len(planned),
        complete=evidence.exhausted or not open_,
        unusable=tuple(s for s in evidence.results if s not in ours),
    )


def _usable(metric: Metric, of: Attempt | Replicate) -> float | None:
    """The metric's value, if it is finite and on the metric's scale."""
    value = of.metrics.get(metric.name, math.nan)
    return value if math.isfinite(value) and (metric.scale == "raw" or value > 0.0) else None


def _same_data(evidence: Evidence, seed: int) -> bool:
    return evidence.results[seed].data == evidence.reference[seed].data


def _first_outcomes(outcomes: Sequence[tuple[int, Outcome]]) -> dict[int, Outcome]:
    """The outcome of each seed's first execution that says something of the package."""
    told = [(seed, outcome) for seed, outcome in outcomes if outcome is not Outcome.INFRA]
    return dict(reversed(told))
