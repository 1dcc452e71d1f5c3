"""The sequential two-sample test of failures: a candidate against its baseline's recorded count.

A look after each training, up to a cap. FAILED where the candidate fails more often than the
baseline: of candidates that do not, at most alpha are ever called so, whatever the common rate and
whether or not trainings go on after PASSED. PASSED where it is shown to fail less often than the
baseline's rate + margin: of candidates at that rate or above, at most beta are ever called so.
Both errors are exact over the joint distribution of the baseline's count and the candidate's path
(see `bernoulli_limits`).

FLAKY is a PASSED with failures on *both* sides: the candidate's are accepted as the baseline's own.
A baseline that has never failed has no rate of its own to accept, so a candidate is then never
flaky, whatever it does; it may be PASSED with failures, which are then within the margin and no
more. A baseline that fails in 1 - margin of its trainings or more leaves no room for the margin
above its rate: then nothing is ever decided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr

from qualify.stats.bernoulli_limits import Boundaries, binomial, boundaries

Codes = NDArray[np.int8]

MARGIN = 0.30
"""The rise of the failure rate that a passing candidate is shown not to have."""
MOST_BASELINE, MOST_TRAININGS = 500, 100
"""Larger tables take seconds and tens of megabytes."""

Reading = Literal["open", "failed", "passed", "flaky"]
READINGS: tuple[Reading, ...] = get_args(Reading)
"""What the codes of `Limits.readings` stand for."""
_OPEN, _FAILED, _PASSED, _FLAKY = range(len(READINGS))


@dataclass(frozen=True)
class Course:
    """How a cell ends at its first answer: exact probabilities, and the mean of its trainings."""

    failed: float
    passed: float
    flaky: float
    trainings: float

    @property
    def open(self) -> float:
        """The probability that the cap comes before an answer."""
        return max(0.0, 1.0 - self.failed - self.passed - self.flaky)


@dataclass(frozen=True, eq=False)
class Limits:
    """The test of up to `cap` trainings against a baseline of `m`.

    `boundaries` has the errors that are reached; they are at most `alpha` and `beta`.
    """

    m: int
    cap: int
    alpha: float
    beta: float
    margin: float
    boundaries: Boundaries

    def reading(self, failed: int, total: int, baseline_failed: int) -> Reading:
        """What `failed` of `total` trainings say. Raises ValueError for impossible counts."""
        return READINGS[int(self.readings(failed, total, baseline_failed))]

    def readings(self, failed: ArrayLike, total: ArrayLike, baseline_failed: ArrayLike) -> Codes:
        """The same for arrays that broadcast: codes, the positions in `READINGS`."""
        k, n, f = np.asarray(failed), np.asarray(total), np.asarray(baseline_failed)
        if not np.all((k >= 0) & (k <= n) & (n <= self.cap) & (f >= 0) & (f <= self.m)):
            limit = f"at most {self.cap} trainings and {self.m} of the baseline's"
            raise ValueError(f"these are no counts of failures among {limit}")
        clear = np.where((k > 0) & (f > 0), _FLAKY, _PASSED)
        kept = np.where(k <= self.boundaries.clear[f, n], clear, _OPEN)
        return np.where(k >= self.boundaries.fail[f, n], _FAILED, kept).astype(np.int8)

    def further(self, failed: int, total: int, baseline_failed: int) -> int | None:
        """How many more trainings without failure make it PASSED or FLAKY.

        0 where it is already; None where it is FAILED or the cap comes first.
        """
        if self.reading(failed, total, baseline_failed) == "failed":
            return None
        enough = np.flatnonzero(self.boundaries.clear[baseline_failed, total:] >= failed)
        return int(enough[0]) if enough.size else None

    def course(self, baseline_rate: float, rate: float) -> Course:
        """What becomes of a candidate that fails at `rate`, averaged over the baseline's count."""
        f, k = np.ogrid[: self.m + 1, : self.cap + 1]
        paths = np.zeros((self.m + 1, self.cap + 1))
        paths[:, 0] = binomial(self.m, np.array([baseline_rate]))[:, 0]
        ends, trainings = np.zeros(len(READINGS)), 0.0
        for n in range(1, self.cap + 1):
            trainings += paths.sum()
            worse = paths[:, :-1] * rate
            paths *= 1.0 - rate
            paths[:, 1:] += worse
            codes = self.readings(np.minimum(k, n), n, f)
            ends += np.bincount(codes.ravel(), paths.ravel(), minlength=len(READINGS))
            paths[codes != _OPEN] = 0.0
        _, failed, passed, flaky = (float(end) for end in ends)
        return Course(failed, passed, flaky, float(trainings))


@lru_cache(maxsize=256)
def limits(m: int, cap: int, alpha: float, beta: float, margin: float = MARGIN) -> Limits:
    """The limits for a baseline of `m` trainings and a look after each of up to `cap` trainings.

    Takes 0.05 s at m = 50 and a cap of 30. Raises ValueError for numbers outside the tables' range
    and for errors or a margin outside (0, 1).
    """
    if not (1 <= m <= MOST_BASELINE and 1 <= cap <= MOST_TRAININGS):
        most = f"1 to {MOST_BASELINE} of the baseline and 1 to {MOST_TRAININGS} of the candidate"
        raise ValueError(f"the test of failures takes {most}, not {m} and {cap}")
    for name, value in (("alpha", alpha), ("beta", beta), ("the margin", margin)):
        _inside(name, value)
    return Limits(m, cap, alpha, beta, margin, boundaries(m, cap, alpha, beta, margin))


def detectable(total: int, beta: float) -> float:
    """The failure rate that `total` >= 1 trainings without failure exclude: 1 - beta^(1 / total).

    The exact upper bound of Clopper and Pearson (1934) for no failure.
    """
    _inside("beta", beta)
    if total < 1:
        raise ValueError("no training excludes no rate of failures")
    return float(-math.expm1(math.log(beta) / total))


def least_trainings(beta: float, rate: float = 0.0, margin: float = MARGIN) -> float:
    """Wald's lower bound of the mean number of trainings until PASSED.

    For any test that always passes a candidate at the baseline's known `rate`, and one at rate +
    margin with probability beta: log(1 / beta) / KL(rate || rate + margin) (Wald 1945, Annals of
    Mathematical Statistics 16, 117-186, section 4.7).
    """
    _inside("beta", beta)
    _inside("the rate + margin", rate + margin)
    worse = rate + margin
    divergence = rel_entr(rate, worse) + rel_entr(1.0 - rate, 1.0 - worse)
    return float(-math.log(beta) / divergence)


def _inside(name: str, value: float) -> None:
    """Raise ValueError for a value outside the open unit interval, NaN included."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} must lie between 0 and 1, not {value}")
