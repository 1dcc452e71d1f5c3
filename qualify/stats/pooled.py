"""The pooled-shift test: a loss that is spread over all cells, too small for any one of them.

A cell's candidates have places among its m baseline replicates, and normal scores for them. With
S_n the sum of n scores and v the mean of the squares of all m + 1, Polya's urn (`ranks`) gives

    var S_n = n v (1 + (n - 1) / (m + 2)),    E(S_{n+1} | first n) = S_n (m + 2 + n) / (m + 1 + n).

So M_n = S_n / (m + 1 + n) is a martingale: its mean is 0 and its variance that of the predictable
steps *wherever* a sequential test stops the cell, and no correction for stopping is needed. The
statistic is the sum of (m + 2) / v * M over groups of cells, with the weights that are best for a
common shift, divided by the root of the sum of its predictable variances; it is read as normal
(martingale central limit theorem: Brown 1971, Annals of Mathematical Statistics 42, 59-66).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from qualify.stats.ranks import Floats, normal_scores

FIRST = 5
"""The trainings of a cell that count, so that no cell outweighs the others."""
LEAST_GROUPS = 5
"""The sum over fewer groups is not read as normal."""


class Placed(NamedTuple):
    """The places of one cell's trainings, in their order, among its `m` baseline replicates.

    Cells of one `group` may depend on one another: the same canary on several lanes.
    """

    group: str
    m: int
    places: Sequence[int]


@dataclass(frozen=True)
class Pooled:
    """What all cells together say.

    `z` is positive where they speak for a loss; `p_worse` is one-sided, `p_either` two-sided.
    `shift` is the common shift in standard deviations of the baselines, with its `interval`.
    """

    groups: int
    trainings: int
    z: float
    p_worse: float
    p_either: float
    shift: float
    interval: tuple[float, float]


def pooled_shift(cells: Iterable[Placed], error: float = 0.05) -> Pooled | None:
    """Test whether the cells' candidates, all together, lie above (below) their baselines.

    Takes the first `FIRST` trainings of each cell. Leave out cells whose predictions are those of
    the baseline, bit for bit. Cells of one group are averaged and count once, as if they depended
    on one another entirely. The same function tells a drift of the environment, where fresh
    baseline replicates are placed among the stored ones. The interval has the two-sided `error`; it
    reads the mean score as the shift, too small for shifts of more than one standard deviation.

    None for fewer than `LEAST_GROUPS` groups. Raises ValueError for a place outside 0 ... m.
    """
    trained = [cell for cell in cells if len(cell.places)]
    groups, of = np.unique([cell.group for cell in trained], return_inverse=True)
    if groups.size < LEAST_GROUPS:
        return None
    # (mean of lanes)^2 <= mean of squares: the mean of the variances bounds that of the mean.
    lanes = np.bincount(of)
    parts = [np.sum(np.bincount(of, part) / lanes) for part in _parts(trained)]
    value, variance, information = (float(part) for part in parts)
    spread = math.sqrt(variance)
    z, shift = value / spread, value / information
    half = float(-ndtri(error / 2.0)) * spread / information
    return Pooled(
        groups=int(groups.size),
        trainings=sum(len(cell.places[:FIRST]) for cell in trained),
        z=z,
        p_worse=float(ndtr(-z)),
        p_either=float(2.0 * ndtr(-abs(z))),
        shift=shift,
        interval=(shift - half, shift + half),
    )


def null_variance(m: int, n: int) -> float:
    """The exact variance of the sum of n normal scores, n v (1 + (n - 1) / (m + 2))."""
    return n * _square(m) * (1.0 + (n - 1.0) / (m + 2.0))


class _Parts(NamedTuple):
    """What the cells contribute: statistics, their variances, and their means at a shift of 1."""

    value: Floats
    variance: Floats
    information: Floats


def _parts(cells: Sequence[Placed]) -> _Parts:
    """The martingales and their predictable variances.

    Given k earlier scores, the next one is each of the m + 1 scores or of the k earlier ones with
    equal probability; the expected score at a small shift is v times the shift.
    """
    m = np.array([cell.m for cell in cells], dtype=np.float64)[:, None]
    v = np.array([_square(cell.m) for cell in cells])[:, None]
    scores = np.full((len(cells), FIRST), np.nan)
    for row, cell in zip(scores, cells, strict=True):
        found = _scores(cell)
        row[: found.size] = found
    there = np.isfinite(scores)
    scores, before = np.where(there, scores, 0.0), np.arange(FIRST)
    mean = (np.cumsum(scores, axis=1) - scores) / (m + 1.0 + before)
    squares = ((m + 1.0) * v + np.cumsum(scores**2, axis=1) - scores**2) / (m + 1.0 + before)
    steps = np.where(there, (squares - mean**2) / (m + 2.0 + before) ** 2, 0.0)
    n, weight = there.sum(axis=1, keepdims=True), (m + 2.0) / v
    share = weight / (m + 1.0 + n)
    columns = (share * scores.sum(axis=1, keepdims=True), weight**2 * steps, share * v * n)
    return _Parts(*(column.sum(axis=1) for column in columns))


def _scores(cell: Placed) -> Floats:
    places = np.asarray(cell.places[:FIRST], dtype=np.int64)
    if places.min() < 0 or places.max() > cell.m:
        raise ValueError(f"places among {cell.m} replicates lie between 0 and {cell.m}")
    return np.asarray(normal_scores(cell.m)[places], dtype=np.float64)


@lru_cache(maxsize=64)
def _square(m: int) -> float:
    """The mean square of the scores, below 1: finite baselines have no far tails."""
    return float(np.mean(np.square(normal_scores(m), dtype=np.float64)))
