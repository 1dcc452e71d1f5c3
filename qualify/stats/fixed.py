"""The size of a loss after a number of trainings that was fixed beforehand, with its interval.

Hodges-Lehmann estimates, and the exact intervals that invert Wilcoxon's tests (Hollander, Wolfe &
Chicken 2014, Nonparametric Statistical Methods, 3.2-3.3 and 4.2-4.3); ties make them wider, never
narrower. Unlike those of `effect` they do not hold at every look.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np
import scipy

from qualify.stats.effect import Effect
from qualify.stats.ranks import Floats

LEVEL = 0.95
_EXACT = 2_500  # Walsh averages or differences up to which the distribution is counted out


def paired(differences: Floats, level: float = LEVEL) -> Effect:
    """The loss from differences of the same seeds; bounds are None below six of them."""
    n = len(differences)
    if n < 1:
        raise ValueError("an effect takes a difference")
    first, second = np.tril_indices(n)
    walsh = np.sort((differences[first] + differences[second]) / 2.0)
    tail = (1.0 - level) / 2.0
    size = n * (n + 1) // 2
    mean, variance = size / 2.0, n * (n + 1) * (2 * n + 1) / 24.0
    cut = _cut(_signed(n), tail) if size <= _EXACT else _normal(mean, variance, tail)
    return _effect(walsh, cut)


def unpaired(candidate: Floats, other: Floats, level: float = LEVEL) -> Effect:
    """The loss of `candidate` from values of other seeds than `other`'s."""
    n, m = len(candidate), len(other)
    if min(n, m) < 1:
        raise ValueError("an effect takes a value of each build")
    differences = np.sort((candidate[:, None] - other[None, :]).ravel())
    tail = (1.0 - level) / 2.0
    mean, variance = n * m / 2.0, n * m * (n + m + 1) / 12.0
    counted = n * m <= _EXACT
    cut = _cut(_ranked(min(n, m), max(n, m)), tail) if counted else _normal(mean, variance, tail)
    return _effect(differences, cut)


def _effect(ascending: Floats, cut: int) -> Effect:
    """The median, and the values beyond which `cut` lie at either end; -1 where none may."""
    estimate = float(np.median(ascending))
    if cut < 0:
        return Effect(estimate, None, None)
    return Effect(estimate, float(ascending[cut]), float(ascending[-1 - cut]))


def _cut(counts: Sequence[int], tail: float) -> int:
    """The largest value of the statistic that it stays at or below with at most this chance."""
    allowed = tail * sum(counts)
    return sum(below <= allowed for below in accumulate(counts)) - 1


def _normal(mean: float, variance: float, tail: float) -> int:
    return math.floor(mean + float(scipy.stats.norm.ppf(tail)) * math.sqrt(variance) - 0.5)


@cache
def _signed(n: int) -> tuple[int, ...]:
    """How many of the 2^n signs give each sum of positive ranks."""
    counts = [1]
    for rank in range(1, n + 1):
        moved = [0] * rank + counts
        counts = [a + b for a, b in zip(counts + [0] * rank, moved, strict=True)]
    return tuple(counts)


@cache
def _ranked(n: int, m: int) -> tuple[int, ...]:
    """How many of the orders of n among m give each number of pairs: a Gaussian binomial."""
    counts = [1] + [0] * (n * m)
    for one in range(1, n + 1):
        for at in range(n * m, m + one - 1, -1):
            counts[at] -= counts[at - m - one]
        for at in range(one, n * m + 1):
            counts[at] += counts[at - one]
    return tuple(counts)
