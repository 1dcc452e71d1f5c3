"""Failure rates compared exactly, in one cell, over many and in pairs; exact bounds of a rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST_P = 1e-20
"""The least pooled p-value that is resolved; smaller ones are reported as this one."""
_NEGLIGIBLE = 1e-30  # probabilities below it are dropped while the strata are summed


@dataclass(frozen=True)
class Count:
    """`failed` of `total` trainings. Raises ValueError where that is impossible."""

    failed: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.failed <= self.total:
            raise ValueError(f"{self.failed} of {self.total} is not a count of failures")

    def __str__(self) -> str:
        return f"{self.failed} of {self.total}"


def p_higher(candidate: Count, baseline: Count) -> float:
    """Fisher's exact one-sided p-value against "the candidate fails no more often".

    The hypergeometric tail given all failures of both (Fisher 1935); 1 where one side is empty.
    """
    if not _informative(candidate, baseline):
        return 1.0
    total = candidate.total + baseline.total
    failed = candidate.failed + baseline.failed
    return float(scipy.stats.hypergeom.sf(candidate.failed - 1, total, failed, candidate.total))


def p_pooled(candidate: Sequence[Count], baseline: Sequence[Count]) -> float:
    """The exact one-sided p-value against "in no stratum does the candidate fail more often".

    Position i of both is one stratum (a cell). Given each stratum's totals and all its failures,
    the candidate's failures are a sum of independent hypergeometric variables, convolved here: the
    exact form (Birch 1964, JRSS B 26, 313-324) of the test of Cochran (1954) and Mantel & Haenszel
    (1959), the most powerful one against a common odds ratio above 1. It finds a rise that is
    spread too thin for any one cell. The totals must not depend on the failures: take the first so
    many trainings of each cell, not all up to where a sequential test stopped.

    Raises ValueError for unequal lengths. 1 without strata; never below `LEAST_P`.
    """
    strata = [s for s in zip(candidate, baseline, strict=True) if _informative(*s)]
    if not strata:
        return 1.0
    seen = sum(ours.failed for ours, _ in strata)
    null = _convolved(_hypergeometric(strata))
    return min(1.0, max(LEAST_P, float(null.mass[max(0, seen - null.first) :].sum())))


def p_discordant(candidate_only: int, baseline_only: int) -> float:
    """The exact one-sided p-value against "the candidate is in trouble no more often", in pairs.

    Of the pairs of trainings that ran side by side, those count in which only one of the two met
    trouble: the sign test, exact form of McNemar's (1947, Psychometrika 12, 153-157). What troubles
    both speaks of the runner alone. Raises ValueError for a negative number.
    """
    if min(candidate_only, baseline_only) < 0:
        raise ValueError(f"{candidate_only} and {baseline_only} are not numbers of pairs")
    return float(scipy.stats.binom.sf(candidate_only - 1, candidate_only + baseline_only, 0.5))


def _informative(ours: Count, theirs: Count) -> bool:
    """Whether the totals leave open how many of the failures are whose."""
    mixed = 0 < ours.failed + theirs.failed < ours.total + theirs.total
    return mixed and ours.total > 0 and theirs.total > 0


class _Mass(NamedTuple):
    """The probabilities of `first` and of the numbers after it."""

    first: int
    mass: Array


def _hypergeometric(strata: list[tuple[Count, Count]]) -> list[_Mass]:
    """The candidate's failures in each stratum, given its totals and all its failures."""
    columns = [(a.total, b.total, a.failed + b.failed) for a, b in strata]
    ours, theirs, failed = np.array(columns, dtype=np.int64).reshape(-1, 3).T[..., None]
    first, last = np.maximum(0, failed - theirs), np.minimum(ours, failed)
    width = int((last - first).max(initial=0)) + 1
    masses = scipy.stats.hypergeom.pmf(first + np.arange(width), ours + theirs, failed, ours)
    ends = (last - first + 1).ravel().tolist()
    starts = first.ravel().tolist()
    return [_Mass(f, row[:end]) for f, row, end in zip(starts, masses, ends, strict=True)]


def _convolved(parts: list[_Mass]) -> _Mass:
    """The sum of one or more independent variables, two and two."""
    while len(parts) > 1:
        odd = parts[len(parts) & ~1 :]
        halves = zip(parts[::2], parts[1::2], strict=False)
        parts = [_sum(one, other) for one, other in halves] + odd
    return parts[0]


def _sum(one: _Mass, other: _Mass) -> _Mass:
    """Two independent variables, without their negligible tails."""
    mass = np.convolve(one.mass, other.mass)
    kept = np.flatnonzero(mass > _NEGLIGIBLE)
    low, high = int(kept[0]), int(kept[-1])
    return _Mass(one.first + other.first + low, mass[low : high + 1])


def upper_bound(count: Count, confidence: float = 0.95) -> float:
    """The one-sided upper confidence bound of a rate (Clopper & Pearson 1934)."""
    if count.failed == count.total:
        return 1.0
    return float(scipy.stats.beta.ppf(confidence, count.failed + 1, count.total - count.failed))


def lower_bound(count: Count, confidence: float = 0.95) -> float:
    """The one-sided lower confidence bound of a rate (Clopper & Pearson 1934)."""
    if count.failed == 0:
        return 0.0
    return float(
        scipy.stats.beta.ppf(1.0 - confidence, count.failed, count.total - count.failed + 1)
    )
