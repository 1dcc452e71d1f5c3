"""The paired one-sided t-test at one look of a group-sequential design.

The significance-level approach (Jennison & Turnbull 2000, section 11.3.1): the p-value of Student's
t is compared with the nominal level of the look, so that few pairs pay for their unknown variance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from qualify.stats.group_sequential import nominal_levels

Array = NDArray[np.float64]

ROUNDING = 1e-12
"""Losses and spreads up to this size are floating-point rounding: judged scales are of order 1."""
LEAST = 2
"""Fewer pairs have no standard deviation."""
SPENT = 0.85
"""The part of an error that the levels spend: with Student's p-values, looks designed for a known
variance overspend by 4 to 11 per cent at up to 20 or 30 pairs (simulated; the significance-level
approach is approximate)."""


class Tails(NamedTuple):
    """One-sided p-values, each of the shape of the means.

    `worse` tests "not worse than the baseline", `better` "not better than the baseline", `margin`
    "as bad as the margin or worse"; a small value speaks against the quoted sentence.
    """

    worse: Array
    better: Array
    margin: Array


@dataclass(frozen=True)
class PairedTest:
    """What `n` paired losses say; `mean`, `sd` and `interval` are on the judged scale.

    `interval` has one-sided error `level` at each end; None where so small a level has no bound.
    """

    n: int
    mean: float
    sd: float
    p_worse: float
    p_better: float
    p_margin: float
    interval: tuple[float, float] | None


def student_levels(
    looks: tuple[int, ...], error: float, most: int | None = None
) -> tuple[float, ...]:
    """The nominal level of each look for the p-values of this module; together they keep `error`.

    Arguments and errors as for `group_sequential.nominal_levels`.
    """
    return nominal_levels(looks, SPENT * error, most)


def paired_test(losses: Sequence[float], threshold: float, level: float) -> PairedTest:
    """Test `losses` (> 0: the candidate is worse) against 0 and against the margin `threshold`.

    Raises ValueError for fewer than two losses or one that is not finite.
    """
    values = np.asarray(losses, dtype=np.float64)
    if values.ndim != 1 or values.size < LEAST or not np.isfinite(values).all():
        raise ValueError("a paired test needs at least two finite losses")
    n = int(values.size)
    mean, sd = (float(one) for one in moments(values))
    tails = tail_probabilities(np.float64(mean), np.float64(sd), n, threshold)
    worse, better, margin = (float(p) for p in tails)
    return PairedTest(n, mean, sd, worse, better, margin, _interval(mean, sd, n, level))


def moments(losses: Array) -> tuple[Array, Array]:
    """Mean and standard deviation over the last axis; what is only rounding becomes 0."""
    mean = np.asarray(losses.mean(axis=-1))
    sd = np.asarray(losses.std(axis=-1, ddof=1))
    largest = np.abs(losses).max(axis=-1)
    mean = np.where(largest <= ROUNDING, 0.0, mean)
    return mean, np.where(sd <= ROUNDING * np.maximum(1.0, largest), 0.0, sd)


def tail_probabilities(
    mean: Array | np.float64, sd: Array | np.float64, n: int, threshold: float
) -> Tails:
    """The p-values of `n` >= 2 paired losses with these means and standard deviations.

    Where all losses are zero, nothing has changed and `margin` is 0 (if the threshold is above 0).
    Where all are equal but not zero, Student's t would be certain of what may be a coarse metric's
    fluke: the sign test's 2**-n stands in for it, which no two or three pairs make convincing.
    """
    se = np.asarray(sd) / math.sqrt(n)
    same = (np.asarray(mean) == 0.0) & (se == 0.0) & (threshold > 0.0)
    margin = np.where(same, 0.0, _upper_tail(threshold - np.asarray(mean), se, n))
    worse = _upper_tail(np.asarray(mean), se, n)
    better = _upper_tail(-np.asarray(mean), se, n)
    return Tails(worse, better, margin)


def _upper_tail(distance: Array, se: Array, n: int) -> Array:
    """P(T >= distance / se), or the sign test's value where there is no spread."""
    constant = se == 0.0
    value = student.sf(distance / np.where(constant, 1.0, se), n - 1)
    return np.where(constant, np.where(distance > 0.0, 0.5**n, 1.0), value)


def _interval(mean: float, sd: float, n: int, level: float) -> tuple[float, float] | None:
    """The two-sided interval that belongs to the p-values; None without a finite bound."""
    if sd == 0.0:
        return (mean, mean) if mean == 0.0 or level >= 0.5**n else None
    half = float(student.isf(level, n - 1)) * sd / math.sqrt(n) if level > 0.0 else math.inf
    return (mean - half, mean + half) if math.isfinite(half) else None
