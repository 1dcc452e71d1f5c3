"""What trainings side by side can find, and how many more would decide them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qualify.stats.planning import PATHS
from qualify.stats.ranks import Floats
from qualify.stats.signed_ranks import signed_paths

MOST = 200
"""More pairs of one cell than this are as good as never."""
_SEED = 20260102
_SHIFTS = np.geomspace(0.2, 4.0, 24)  # larger ones are found no sooner: a sign is a sign


def detectable_pairs(n: int, reject: float, power: float = 0.8) -> float | None:
    """The smallest shift, in standard deviations of a difference, that n pairs find.

    `reject` is the limit of the evidence, `power` the probability to reach it at any look. None
    where n pairs are too few for any shift.
    """
    reached = np.array([_reached(n, float(shift), reject) for shift in _SHIFTS])
    if not n or reached[-1] < power:
        return None
    first = int((reached >= power).argmax())
    if not first:
        return float(_SHIFTS[0])
    return float(np.interp(power, reached[first - 1 : first + 1], _SHIFTS[first - 1 : first + 1]))


def further_pairs(
    differences: Floats, ties: Floats, threshold: float, limits: tuple[float, float]
) -> int | None:
    """How many more pairs would decide, if they resembled the `differences` (n,) that there are.

    `limits` are those of the evidence for a loss, and for one below `threshold`. 0 where they are
    reached; None without a pair, and where it takes more than `MOST`.
    """
    n = len(differences)
    if not n:
        return None
    longer, order = np.resize(differences, MOST), np.resize(ties, MOST)
    worse = signed_paths(longer, order) >= limits[0]
    within = signed_paths(threshold - longer, order) >= limits[1]
    decided = np.flatnonzero(worse | within)
    return max(0, int(decided[0]) + 1 - n) if decided.size else None


@lru_cache(maxsize=1024)
def _reached(n: int, shift: float, reject: float) -> float:
    """The share of simulated cells whose evidence reaches a limit within n pairs."""
    rng = np.random.default_rng(_SEED)
    paths = signed_paths(rng.normal(shift, 1.0, (n, PATHS // 4)), rng.random((n, PATHS // 4)))
    return float((paths >= reject).any(axis=0).mean()) if n else 0.0
