"""Failure rates compared exactly, and exact bounds of a rate."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import beta, hypergeom


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
    total = candidate.total + baseline.total
    failed = candidate.failed + baseline.failed
    return float(hypergeom.sf(candidate.failed - 1, total, failed, candidate.total))


def upper_bound(count: Count, confidence: float = 0.95) -> float:
    """The one-sided upper confidence bound of a rate (Clopper & Pearson 1934)."""
    if count.failed == count.total:
        return 1.0
    return float(beta.ppf(confidence, count.failed + 1, count.total - count.failed))


def lower_bound(count: Count, confidence: float = 0.95) -> float:
    """The one-sided lower confidence bound of a rate (Clopper & Pearson 1934)."""
    if count.failed == 0:
        return 0.0
    return float(beta.ppf(1.0 - confidence, count.failed, count.total - count.failed + 1))
