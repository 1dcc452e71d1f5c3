"""A sequential rank test of spread: a candidate as good on average, but more erratic.

Places among the baseline's replicates that pile up in both tails speak for a wider candidate. The
evidence is the log likelihood ratio of the gaps under N(0, ratio^2) against N(0, 1), shrunk for the
finite baseline and mixed over ratios; like the test of location it is distribution-free, and its
limits are calibrated to the cap. (Rank tests of scale: Klotz 1962, Annals of Mathematical
Statistics 33, 498-512.)
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from qualify.stats.ranks import Evidence, Places, counts_like, mixture

RATIOS = (1.5, 2.0, 3.0)
"""Standard deviations of the candidate as multiples of the baseline's, equally weighted."""


@lru_cache(maxsize=256)
def gap_evidence(m: int, ratio: float) -> Evidence:
    """Log of the probability of each of the m + 1 gaps, N(0, ratio^2) against N(0, 1)."""
    edges = ndtri(np.arange(m + 2) / (m + 1.0))
    found = np.log((m + 1.0) * np.diff(ndtr(edges / ratio))).astype(np.float32)
    found.setflags(write=False)
    return np.asarray(found)


def spread_paths(places: Places, m: int) -> Evidence:
    """Evidence for a wider candidate after each training; `places` are (n, ...)."""
    shrink = np.float32(m) / (m + counts_like(places))
    terms = [
        shrink * np.cumsum(gap_evidence(m, ratio)[places], axis=0, dtype=np.float32)
        for ratio in RATIOS
    ]
    return mixture(terms, [1.0 / len(RATIOS)] * len(RATIOS))
