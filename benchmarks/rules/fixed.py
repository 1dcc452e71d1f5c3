"""What a test of fixed size needs, and what no test can do without: yardsticks for trainings."""

from __future__ import annotations

import math
from itertools import count

from scipy.stats import nct, norm
from scipy.stats import t as student


def welch_trainings(m: int, delta: float, alpha: float, power: float) -> int:
    """Candidate trainings with which a one-sided Welch test has the power, by formula.

    `m` baseline trainings, equal variances, a loss of `delta` standard deviations: Student's
    noncentral t with Welch & Satterthwaite's degrees of freedom at their expectation. Raises
    ValueError where the baseline is too small for any number.
    """
    if m <= fixed_baseline(delta, alpha, power):
        raise ValueError(f"no number of trainings gives that power against a baseline of {m}")
    return next(n for n in count(2) if welch_power(n, m, delta, alpha) >= power)


def fixed_baseline(delta: float, alpha: float, power: float) -> float:
    """The baseline that unlimited candidates need: (z_alpha + z_beta)^2 / delta^2."""
    return float((norm.isf(alpha) + norm.ppf(power)) ** 2 / delta**2)


def z_trainings(m: int, delta: float, alpha: float, power: float) -> float:
    """The same with a known standard deviation, for comparison."""
    floor = fixed_baseline(delta, alpha, power)
    return floor * m / (m - floor) if m > floor else math.inf


def welch_power(n: int, m: int, delta: float, alpha: float) -> float:
    """The power of the one-sided Welch test with n candidates."""
    error = 1.0 / n + 1.0 / m
    freedom = error**2 / (1.0 / (n * n * (n - 1.0)) + 1.0 / (m * m * (m - 1.0)))
    return float(nct.sf(student.isf(alpha, freedom), freedom, delta / math.sqrt(error)))
