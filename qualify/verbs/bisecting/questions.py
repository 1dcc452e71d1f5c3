"""What a bisection asks of each suspect: whether it builds, trains, or makes a metric worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate
from qualify.core.canary import Canary
from qualify.core.errors import BaselineError, ConfigError, nearest
from qualify.core.metric import METRICS, Metric
from qualify.stats.ranks import places, tie_breakers
from qualify.stats.rates import Count
from qualify.stats.symbols import (
    RATES,
    SHIFTS,
    Evidence,
    certain_evidence,
    failure_evidence,
    rank_evidence,
    rank_symbols,
)

BUILD, FAILURE = "build", "failure"
FEWEST = 10
"""Fewer replicates of the good end than these say too little of a metric."""


@dataclass(frozen=True)
class Built:
    """Asks whether a suspect builds and installs; one look tells."""

    by = BUILD

    @property
    def evidence(self) -> Evidence:
        """How suspects answer."""
        return certain_evidence()


@dataclass(frozen=True)
class Trained:
    """Asks whether a suspect trains; `good` counts the good end's failures."""

    good: Count
    by = FAILURE
    seeds: tuple[int, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """How suspects answer."""
        return failure_evidence(self.good)

    def identical(self, attempt: Attempt) -> bool:  # noqa: ARG002 -- that it trained is enough
        """Never asked for."""
        return False

    def symbol(self, attempt: Attempt) -> int | None:
        """1 for a failure of whatever kind."""
        return int(not attempt.ok)

    def said(self, attempt: Attempt) -> str:
        """A training in a few words."""
        return "trained" if attempt.ok else f"failed: {failure_of(attempt)}"

    def effect(self, probabilities: Sequence[float]) -> str:
        """What the bad builds do, in a few words."""
        rate = float(np.dot(RATES, probabilities))
        return f"about {rate:.0%} of its trainings fail"


@dataclass(frozen=True)
class Worse:
    """Asks whether a metric is worse than that of `good`, the good end's usable replicates."""

    metric: Metric
    good: tuple[Replicate, ...]

    @property
    def by(self) -> str:
        """The metric's name."""
        return self.metric.name

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of the good end's replicates."""
        return tuple(r.seed for r in self.good)

    @property
    def evidence(self) -> Evidence:
        """How suspects answer."""
        return rank_evidence(len(self.good))

    def symbol(self, attempt: Attempt) -> int | None:
        """The class of its place among the good end's; None for a failure, which says nothing."""
        if not attempt.ok:
            return None
        return int(rank_symbols(np.array([self._place(attempt)]), len(self.good))[0])

    def said(self, attempt: Attempt) -> str:
        """A training in a few words."""
        if not attempt.ok:
            return f"failed, which says nothing of {self.by}: {failure_of(attempt)}"
        value = attempt.metrics[self.by]
        if self.identical(attempt):
            return f"{self.by} {value:.4g}, identical to the good end's"
        return f"{self.by} {value:.4g}, worse than {self._place(attempt)} of {len(self.good)}"

    def effect(self, probabilities: Sequence[float]) -> str:
        """What the bad builds do, in a few words."""
        shift = float(np.dot(SHIFTS, probabilities))
        return f"{self.by} is worse by about {shift:.1f} standard deviations"

    def identical(self, attempt: Attempt) -> bool:
        """Whether it predicts as the good end does with the same seed and rows, to the last bit."""
        if not attempt.predictions:
            return False
        mine = (attempt.seed, attempt.data, attempt.predictions)
        return any(mine == (r.seed, r.data, r.predictions) for r in self.good)

    def _place(self, attempt: Attempt) -> int:
        sign = 1.0 if self.metric.direction == "lower" else -1.0
        mine = np.array([sign * attempt.metrics[self.by]])
        theirs = np.array([sign * r.metrics[self.by] for r in self.good])
        ties = tie_breakers([f"{attempt.training} {attempt.seed}"])
        return int(places(mine, theirs, ties, tie_breakers(f"good {r.seed}" for r in self.good))[0])


Question = Trained | Worse


def failure_of(attempt: Attempt) -> str:
    """The last line of what a failure said: the exception, where it is one."""
    lines = attempt.message.strip().splitlines()
    return lines[-1][:200] if lines else attempt.outcome.value


def metric_of(canary: Canary, by: str | None) -> Metric:
    """The metric that is asked for, or the canary's first; raises ConfigError."""
    fitting = {
        name: metric
        for name, metric in METRICS.items()
        if canary.task in metric.tasks and metric.kind == "quality"
    }
    gating = [judged.name for judged in canary.metrics if judged.name in fitting]
    name = by or next(iter(gating), "")
    if name not in fitting:
        hint = nearest(name, [*fitting, FAILURE]) if by else f"known: {', '.join(fitting)}"
        raise ConfigError(f"a bisection of {canary.name} cannot ask for {name!r}", f"--by: {hint}")
    return fitting[name]


def question_of(metric: Metric, good: Sequence[Replicate]) -> Worse:
    """Ask for a metric; raises BaselineError where too few replicates of the good end have it."""
    usable = tuple(r for r in good if r.outcome is Outcome.OK and metric.name in r.metrics)
    if len(usable) < FEWEST:
        raise BaselineError(
            f"{len(usable)} of {len(good)} replicates of the good end have {metric.name}, and"
            f" {FEWEST} are the fewest that a bisection can compare with",
            "name a good end that trains, more --replicates, or --by failure",
        )
    return Worse(metric, usable)
