"""How a cost grows with a size: the exponent of a power law, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy


@dataclass(frozen=True)
class Exponent:
    """`cost` grows as `size ** estimate`; the true exponent is in `low` to `high`."""

    estimate: float
    low: float
    high: float


def exponent(sizes: Sequence[float], costs: Sequence[float], confidence: float = 0.95) -> Exponent:
    """Fit a power law to measured costs, one for each size.

    Least squares on the logarithms, with Student's t for the interval of the slope: errors are
    taken to be proportional to the cost. Raises ValueError for fewer than three measurements, for
    sizes that are all equal, and where a size or a cost is not positive.
    """
    x, y = np.asarray(sizes, dtype=float), np.asarray(costs, dtype=float)
    if len(x) != len(y) or len(x) < 3:  # noqa: PLR2004  (two leave nothing for the interval)
        raise ValueError(f"{len(x)} sizes and {len(y)} costs do not give an exponent")
    if not (np.isfinite([x, y]).all() and x.min() > 0 and y.min() > 0 and x.min() < x.max()):
        raise ValueError("an exponent needs positive costs at positive sizes that differ")
    line = scipy.stats.linregress(np.log(x), np.log(y))
    half = float(scipy.stats.t.ppf((1 + confidence) / 2, len(x) - 2) * line.stderr)
    slope = float(line.slope)
    return Exponent(slope, slope - half, slope + half)
