"""How much more evidence an undecided metric needs, and what its cap lets it see."""

from __future__ import annotations

import math

from scipy.stats import norm
from scipy.stats import t as student

from qualify.stats.paired import LEAST, PairedTest

MOST = 10_000
"""More pairs than this are as good as never."""


def further_pairs(seen: PairedTest, threshold: float, alpha: float, beta: float) -> int | None:
    """How many more pairs decide, if losses keep the mean and spread that were seen.

    The nearer of two ends: shown better than `threshold` at `beta`, or worse than 0 at `alpha`.
    At least 1; None where neither is near.
    """
    ends = (
        pairs_needed(threshold - seen.mean, seen.sd, beta),
        pairs_needed(seen.mean, seen.sd, alpha),
    )
    near = [end for end in ends if end is not None]
    return max(1, min(near) - seen.n) if near else None


def pairs_needed(distance: float, sd: float, level: float) -> int | None:
    """The number of pairs whose mean lies `distance` > 0 away from a bound at one-sided `level`.

    The normal approximation with Guenther's correction for the estimated spread,
    (z sd / distance)^2 + z^2 / 2 (Guenther 1981, American Statistician 35, 243-244); at least 2.
    None for a distance that is not above 0 or a number above `MOST`.
    """
    if distance <= 0.0:
        return None
    z = float(norm.isf(level))
    number = (z * sd / distance) ** 2 + z * z / 2.0
    return max(LEAST, math.ceil(number)) if number <= MOST else None


def smallest_effect(sd: float, n: int, alpha: float, power: float = 0.8) -> float:
    """The mean loss that `n` pairs of spread `sd` show worse than 0 with this power.

    (t_alpha + t_power) sd / sqrt(n) with n - 1 degrees of freedom. Raises ValueError below 2 pairs.
    """
    if n < LEAST:
        raise ValueError(f"{n} pairs show no effect of any size")
    quantiles = float(student.isf(alpha, n - 1)) + float(student.ppf(power, n - 1))
    return quantiles * sd / math.sqrt(n)
