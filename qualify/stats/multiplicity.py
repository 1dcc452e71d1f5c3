"""Control of the false discovery rate, as a second view of the evidence of many tests.

The verdicts themselves use the union bound, which holds under any dependence. Here: Benjamini &
Hochberg (1995), JRSS B 57, 289-300, for p-values that are independent or positively dependent; e-BH
(Wang & Ramdas 2022, JRSS B 84, 822-852) for e-values under any dependence. The values of tests that
stop at times of their own are valid there only if each was valid at its stopping time given all the
others.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

CALIBRATION = 0.5
"""The exponent of the p-to-e calibrator: the usual compromise of small and large p-values."""


def benjamini_hochberg(p_values: ArrayLike) -> Array:
    """The adjusted p-values, in the given order: rejecting those <= q keeps the FDR at q.

    Raises ValueError for what is no p-value.
    """
    p = _checked(p_values, 1.0)
    adjusted: Array = np.asarray(scipy.stats.false_discovery_control(p)) if p.size else p
    return adjusted


def e_values(p_values: ArrayLike, kappa: float = CALIBRATION) -> Array:
    """E-values of p-values: kappa p^(kappa - 1); infinite where p is 0.

    The calibrator of Vovk & Wang (2021), Annals of Statistics 49, 1736-1754: the mean of the
    e-value is at most 1 under the null. Raises ValueError for what is no p-value and for a kappa
    outside (0, 1).
    """
    if not 0.0 < kappa < 1.0:
        raise ValueError(f"kappa must lie between 0 and 1, not {kappa}")
    with np.errstate(divide="ignore"):
        calibrated: Array = kappa * _checked(p_values, 1.0) ** (kappa - 1.0)
    return calibrated


def e_bh(values: ArrayLike, level: float) -> NDArray[np.bool_]:
    """Which hypotheses e-BH rejects, in the given order, with the FDR at most `level`.

    The k largest e-values, for the largest k whose k-th largest is at least K / (k level). Raises
    ValueError for a level outside (0, 1) and for what is no e-value.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"the level must lie between 0 and 1, not {level}")
    e = _checked(values, math.inf)
    spent = np.arange(e.size, 0, -1) * level / max(1, e.size)
    ascending = np.sort(e)
    reached = ascending[ascending * spent >= 1.0]
    rejected: NDArray[np.bool_] = e >= (reached[0] if reached.size else math.inf)
    return rejected


def _checked(values: ArrayLike, most: float) -> Array:
    """A row of numbers from 0 to `most`, or ValueError; NaN is no number."""
    row = np.asarray(values, dtype=np.float64)
    if row.ndim != 1 or not np.all((row >= 0.0) & (row <= most)):
        what = "p-values lie" if most == 1.0 else "e-values lie"
        raise ValueError(f"{what} between 0 and {most:g}, one for each test")
    return row
