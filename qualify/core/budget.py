"""The error budget of a release, and each test's share of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

CELLS = 0.8
"""The part of the failures' budget that the cells' own tests divide; the rest is the grid's.

One half is for failures that repeat, of checks and canaries, the other for the canaries' rates."""


@dataclass(frozen=True)
class ErrorBudget:
    """`alpha`: the chance that an unchanged build shows anything red; `beta`: to pass a loss.

    `metrics`, `failures`, `variance` and `pooled` divide alpha; the tests of a kind divide its part
    evenly, a union bound (Bonferroni 1936), which holds under any dependence between cells. Raises
    ValueError for an error that is not between 0 and 1, and for parts that exceed the whole.
    """

    alpha: float = 0.05
    beta: float = 0.05
    metrics: float = 0.6
    failures: float = 0.2
    variance: float = 0.1
    pooled: float = 0.1

    def __post_init__(self) -> None:
        for name, value in (("alpha", self.alpha), ("beta", self.beta)):
            if not 0.0 < value < 1.0:
                raise ValueError(f"{name} must lie between 0 and 1, not {value}")
        parts = (self.metrics, self.failures, self.variance, self.pooled)
        if not (
            min(parts) > 0.0 and math.fsum(parts) <= 1.0 + 1e-9
        ):  # what decimals lose in binary
            raise ValueError(
                f"the parts of alpha must be above 0 and sum to at most 1, not {parts}"
            )

    def levels(self, tests: int, cells: int, checks: int = 0) -> Levels:
        """The level of each test where `tests` metrics of `cells` canaries gate, and `checks`."""
        metrics, cells = max(1, tests), max(1, cells)
        half, grid = (self.alpha * self.failures * part for part in (CELLS / 2.0, 1.0 - CELLS))
        return Levels(
            metric=self.alpha * self.metrics / metrics,
            failure=half / cells,
            repeat=half / (cells + checks),
            spread=self.alpha * self.variance / metrics,
            beta=self.beta,
            pooled=self.alpha * self.pooled,
            pooled_failures=grid / 2.0,
            infra=grid / 2.0,
            tests=metrics,
        )


@dataclass(frozen=True)
class Levels:
    """The one-sided error of each test: of a metric, of how often a canary fails, ...

    ... of a failure that repeats (in a canary or a check), of a metric's spread, and of the grid's
    own tests. `tests` is K, the number of metrics that gate.
    """

    metric: float
    failure: float
    repeat: float
    spread: float
    beta: float
    pooled: float
    pooled_failures: float
    infra: float
    tests: int
