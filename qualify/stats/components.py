"""Variance components of a designed experiment, from mean squares that are independent.

Each arm of the experiment varies one thing and gives one mean square, whose expectation is that
thing's variance plus the residual's: E(S) = sigma_thing^2 + sigma_residual^2. The method of moments
subtracts. Sources: Burdick & Graybill (1992), Confidence Intervals on Variance Components, section
3.3, and Ting, Burdick, Graybill, Jeyaratnam & Lu (1990), J. Stat. Comput. Simul. 35, 135-143, for
the interval of a difference; Weerahandi (1993), JASA 88, 899-905, and Hannig, Iyer & Patterson
(2006), JASA 101, 254-269, for the generalized interval of a share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from qualify.stats.rates import Count, lower_bound, upper_bound

Array = NDArray[np.float64]
Interval = tuple[float, float]

LEVEL = 0.05
"""The error at each end of every interval here: two-sided they hold with 90%."""
ROUNDING = 1e-12
"""Deviations up to this size, relative to the values where those exceed 1, are rounding."""
DRAWS = 20_000
"""Draws of the generalized interval: its ends are then known to about 0.002 of probability."""


@dataclass(frozen=True)
class MeanSquare:
    """An unbiased estimate of a variance with `df` >= 1 degrees of freedom; raises ValueError."""

    value: float
    df: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.value >= 0.0 and self.df >= 1):
            raise ValueError(f"{self.value} with {self.df} degrees of freedom is no mean square")


@dataclass(frozen=True)
class Estimate:
    """A number that cannot be negative, with its 90% interval."""

    value: float
    interval: Interval

    @property
    def root(self) -> Estimate:
        """The standard deviation of a variance."""
        low, high = self.interval
        return Estimate(math.sqrt(self.value), (math.sqrt(low), math.sqrt(high)))


def mean_square(values: Sequence[float]) -> MeanSquare:
    """The sample variance of (n,) values about their mean, 0 where they differ by rounding.

    Raises ValueError for fewer than two values or one that is not finite.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1 or given.size < 2 or not np.isfinite(given).all():  # noqa: PLR2004
        raise ValueError("a mean square needs at least two finite values")
    rounding = ROUNDING * max(1.0, float(np.abs(given).max()))
    value = 0.0 if float(np.ptp(given)) <= rounding else float(given.var(ddof=1))
    return MeanSquare(value, given.size - 1)


def variance(square: MeanSquare) -> Estimate:
    """The variance behind a mean square; exact for normal values (chi-square)."""
    scaled = square.df * square.value
    low, high = (scaled / float(scipy.stats.chi2.isf(p, square.df)) for p in (LEVEL, 1.0 - LEVEL))
    return Estimate(square.value, (low, high))


def excess(larger: MeanSquare, residual: MeanSquare) -> Estimate:
    """The variance that an arm adds to the residual: the difference of the two, not below 0.

    The modified large-sample interval of Ting et al. (1990); exact where the residual is 0.
    """
    a, b = larger.value, residual.value
    low = a - b - math.sqrt(max(0.0, _below(larger, residual)))
    high = a - b + math.sqrt(max(0.0, _above(larger, residual)))
    return Estimate(max(0.0, a - b), (max(0.0, low), max(0.0, high)))


def _below(one: MeanSquare, other: MeanSquare) -> float:
    """The squared distance of the lower end from the difference."""
    g = 1.0 - one.df / float(scipy.stats.chi2.isf(LEVEL, one.df))
    h = other.df / float(scipy.stats.chi2.isf(1.0 - LEVEL, other.df)) - 1.0
    ratio = float(scipy.stats.f.isf(LEVEL, one.df, other.df))
    cross = ((ratio - 1.0) ** 2 - (g * ratio) ** 2 - h**2) / ratio
    return (g * one.value) ** 2 + (h * other.value) ** 2 + cross * one.value * other.value


def _above(one: MeanSquare, other: MeanSquare) -> float:
    """The squared distance of the upper end from the difference."""
    h = one.df / float(scipy.stats.chi2.isf(1.0 - LEVEL, one.df)) - 1.0
    g = 1.0 - other.df / float(scipy.stats.chi2.isf(LEVEL, other.df))
    ratio = float(scipy.stats.f.isf(1.0 - LEVEL, one.df, other.df))
    cross = ((1.0 - ratio) ** 2 - (h * ratio) ** 2 - g**2) / ratio
    return (h * one.value) ** 2 + (g * other.value) ** 2 + cross * one.value * other.value


def shares(
    arms: Sequence[MeanSquare], residual: MeanSquare, rng: np.random.Generator
) -> tuple[Estimate, ...] | None:
    """Which part of the total variance is each arm's, in their order, and last the residual's.

    The total is the sum of the arms' components and the residual; None where it is 0. The
    intervals are generalized ones: quantiles of the shares over S df / chi-square(df).
    """
    squares = (*arms, residual)
    point = _parts(np.asarray([[s.value] for s in squares]))
    if not point.sum() > 0.0:
        return None
    drawn = _parts(np.stack([s.value * s.df / rng.chisquare(s.df, DRAWS) for s in squares]))
    ends = np.quantile(drawn / drawn.sum(axis=0), (LEVEL, 1.0 - LEVEL), axis=1)
    values = (point / point.sum())[:, 0]
    return tuple(
        Estimate(float(v), (float(low), float(high)))
        for v, low, high in zip(values, *ends, strict=True)
    )


def _parts(squares: Array) -> Array:
    """Subtract the residual, the last row, from the others: (arms + 1, n) to the same shape."""
    return np.vstack([np.maximum(squares[:-1] - squares[-1], 0.0), squares[-1:]])


def rate(happened: int, total: int) -> Estimate:
    """A rate with its exact interval (Clopper & Pearson 1934); raises ValueError for a total of 0.

    `qualify.stats.rates` counts failures; the bounds hold for whatever is counted.
    """
    if total < 1:
        raise ValueError("a rate needs at least one trial")
    count = Count(happened, total)
    low, high = lower_bound(count, 1.0 - LEVEL), upper_bound(count, 1.0 - LEVEL)
    return Estimate(happened / total, (low, high))
