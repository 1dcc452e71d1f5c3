"""The error budget of a release: shares of its alpha, and what each of many tests may spend.

The verdicts use the union bound, which holds under any dependence of the tests. Control of the
false discovery rate is a second view of the same evidence: Benjamini & Hochberg (1995), JRSS B 57,
289-300, for p-values that are independent or positively dependent; e-BH (Wang & Ramdas 2022, JRSS B
84, 822-852) for e-values under any dependence. The values of tests that stop at times of their own
are valid there only if each was valid at its stopping time given all the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control

Array = NDArray[np.float64]

Family = Literal["metrics", "failures", "variance", "pooled"]
FAMILIES: tuple[Family, ...] = get_args(Family)

CALIBRATION = 0.5
"""The exponent of the p-to-e calibrator: the usual compromise of small and large p-values."""


@dataclass(frozen=True)
class Shares:
    """The parts of a release's alpha: 3, 1, 0.5 and 0.5 points of the usual 5 per cent.

    Raises ValueError for a share that is not positive, or shares that sum to more than 1.
    """

    metrics: float = 0.6
    failures: float = 0.2
    variance: float = 0.1
    pooled: float = 0.1

    def __post_init__(self) -> None:
        parts = {field.name: float(getattr(self, field.name)) for field in fields(self)}
        for name, part in parts.items():
            if not 0.0 < part <= 1.0:
                raise ValueError(f"the share of {name} must be above 0 and at most 1, not {part}")
        if math.fsum(parts.values()) > 1.0 + 1e-9:  # what decimals lose in binary
            total = math.fsum(parts.values())
            raise ValueError(f"the shares of alpha must sum to at most 1, not {total:g}")

    def level(self, family: Family, alpha: float, tests: int) -> float:
        """What each of a family's `tests` may spend of the release's `alpha`.

        Raises ValueError for an unknown family and whatever `per_test` refuses.
        """
        if family not in FAMILIES:
            raise ValueError(f"{family!r} is no family of tests: {', '.join(FAMILIES)}")
        share: float = getattr(self, family)
        return share * per_test(alpha, tests)


def per_test(alpha: float, tests: int) -> float:
    """The union bound: any false alarm among `tests`, however dependent, at most alpha.

    alpha / tests (Bonferroni 1936). Raises ValueError for an alpha outside (0, 1) or no test.
    """
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    if tests < 1:
        raise ValueError(f"an error is divided over at least one test, not {tests}")
    return alpha / tests


def benjamini_hochberg(p_values: ArrayLike) -> Array:
    """The adjusted p-values, in the given order: rejecting those <= q keeps the FDR at q.

    Raises ValueError for what is no p-value.
    """
    p = _checked(p_values, 1.0)
    adjusted: Array = np.asarray(false_discovery_control(p)) if p.size else p
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
    e = _checked(values, math.inf)
    spent = np.arange(e.size, 0, -1) * per_test(level, max(1, e.size))
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
