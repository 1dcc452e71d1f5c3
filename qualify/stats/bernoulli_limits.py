"""Limits of the sequential test of failures: a mixture likelihood ratio with exact error rates.

The statistic is the logarithm of L1 / L0, the likelihoods of "the candidate fails at the baseline's
rate p + margin" and "at p", each averaged over p with Jeffreys' prior, under which arcsin(sqrt(p))
is uniform (Wald 1945, Annals of Mathematical Statistics 16, 117-186, for the sequential ratio and
for averages over what is not known). It only orders the counts. The two limits come from the
binomial distribution itself: paths are counted by the recursion over looks, and the error is the
supremum over p of the joint probability of the baseline's count and the candidate's path. It is
taken over 129 values and refined around its peaks, which finds it to one part in a million.

Counts f of the baseline with f / m >= 1 - margin have no place here: a rate with so little room
above it can neither be shown to be exceeded by the margin nor not to be, and decides nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, comb, xlog1py, xlogy

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]

_NODES = 128  # Gauss-Legendre nodes of the average over p
_DECIMALS = 9  # of the statistic: what differs by less is one level
_GRID = 129  # values of p, equidistant in arcsin(sqrt(p)), where binomials are equally wide
_FINE = 33  # values around each peak of the grid
_PEAK = 0.9  # peaks lower than this part of the highest are not refined


@dataclass(frozen=True, eq=False)
class Boundaries:
    """The answers by (failures of the baseline, trainings of the candidate).

    `fail[f, n]` is the least number of failures among n trainings that is FAILED, n + 1 where none
    is; `clear[f, n]` the largest that is PASSED, -1 where none is; both of shape (m + 1, cap + 1).
    `upper` and `lower` are the limits of the statistic (infinite where none keeps the error),
    `alpha` and `beta` the errors that they reach.
    """

    fail: Counts
    clear: Counts
    upper: float
    lower: float
    alpha: float
    beta: float


def boundaries(m: int, cap: int, alpha: float, beta: float, margin: float) -> Boundaries:
    """The laxest limits of the statistic that keep both errors, with a look after each training."""
    ratio = np.round(log_ratios(m, cap, margin), _DECIMALS)
    ratio[0] = np.nan
    worse, clean = np.unique(ratio[ratio > 0.0])[::-1], np.unique(ratio[ratio < 0.0])
    null, edge = _Nuisance(m, cap, 0.0), _Nuisance(m, cap, margin)

    def failing(level: int) -> float:
        return null.error(ratio >= worse[level])

    def passing(level: int) -> float:
        return edge.error(ratio <= clean[level])

    # From strict to lax the error grows: so many levels keep it.
    a = bisect_right(range(worse.size), alpha, key=failing)
    b = bisect_right(range(clean.size), beta, key=passing)
    upper = float(worse[a - 1]) if a else math.inf
    lower = float(clean[b - 1]) if b else -math.inf
    return Boundaries(
        fail=_table((ratio < upper).sum(axis=2), m, np.arange(1, cap + 2)),
        clear=_table((ratio <= lower).sum(axis=2) - 1, m, np.full(cap + 1, -1)),
        upper=upper,
        lower=lower,
        alpha=failing(a - 1) if a else 0.0,
        beta=passing(b - 1) if b else 0.0,
    )


def _table(known: NDArray[np.integer], m: int, idle: Counts) -> Counts:
    """By (failures of the baseline, trainings), read-only; `idle` where nothing is decided."""
    table = np.tile(idle, (m + 1, 1))
    table[: known.shape[1], 1:] = known[1:].T
    table.setflags(write=False)
    return table


def log_ratios(m: int, cap: int, margin: float) -> Array:
    """The statistic of n trainings, f failures of the baseline's m, and k of the candidate's n.

    Shape (cap + 1, rows, cap + 1) for (n, f, k), where `rows` counts the f with room for the margin
    above them; never falls with k; NaN where k > n.
    """
    rows = math.ceil(round(m * (1.0 - margin), _DECIMALS))
    n, f, k = np.ogrid[: cap + 1, :rows, : cap + 1]
    x, weights = np.polynomial.legendre.leggauss(_NODES)
    rate = np.sin((x + 1.0) / 2.0 * _angle(1.0 - margin)) ** 2
    good = np.maximum(n - k, 0)
    baseline = _likelihood(f[0], m - f[0], rate) * weights / 2.0
    candidate = _likelihood(k[..., None], good[..., None], rate + margin)[:, 0]
    average = np.log(np.einsum("fp,nkp->nfk", baseline, candidate, optimize=True))
    common = betaln(f + k + 0.5, m - f + good + 0.5) - math.log(math.pi)
    ratios: Array = np.maximum.accumulate(np.where(k <= n, average - common, np.nan), axis=2)
    return ratios


def _angle(rate: float) -> float:
    """The scale on which Jeffreys' prior is uniform."""
    return math.asin(math.sqrt(rate))


def _likelihood(failed: Counts, good: Counts, rate: Array) -> Array:
    """rate^failed (1 - rate)^good, with 0^0 = 1."""
    likelihood: Array = np.exp(xlogy(failed, rate) + xlog1py(good, -rate))
    return likelihood


def binomial(total: int, rate: Array) -> Array:
    """The probabilities of 0 to `total` failures, shape (total + 1, rates).

    `scipy.stats.binom.pmf` overflows where the rate is next to nothing.
    """
    failed = np.arange(total + 1)[:, None]
    mass: Array = comb(total, failed) * _likelihood(failed, total - failed, rate)
    return mass


def crossed(marks: Marks) -> Array:
    """How many of the 2^cap paths have met a marked count by their end.

    `marks` has the shape (cap + 1, rows, cap + 1) of `log_ratios`; the result (rows, cap + 1) for
    (f, k): of the paths that end with k failures, those that met a mark when the baseline has f.
    Sums of positive numbers only: exact up to the rounding of floating point.
    """
    cap, rows = marks.shape[0] - 1, marks.shape[1]
    unmet, met = np.zeros((rows, cap + 1)), np.zeros((rows, cap + 1))
    unmet[:, 0] = 1.0
    for marked in marks[1:]:
        for paths in (unmet, met):  # one more training, which succeeds or fails
            paths[:, 1:] += paths[:, :-1].copy()
        newly: Array = unmet * marked
        unmet -= newly
        met += newly
    return met


class _Nuisance:
    """The rates p that the baseline may have, while the candidate has p + shift."""

    def __init__(self, m: int, cap: int, shift: float) -> None:
        self._m, self._cap, self._shift = m, cap, shift
        self._angles = np.linspace(0.0, _angle(1.0 - shift), _GRID)
        self._grid = self._probabilities(self._angles)

    def error(self, marks: Marks) -> float:
        """The supremum over p of the probability to meet a mark: the grid, refined at its peaks."""
        met = crossed(marks)
        coarse = _joint(met, *self._grid)
        around = np.concatenate([[-1.0], coarse, [-1.0]])
        peaks = (coarse >= np.maximum(around[:-2], around[2:])) & (coarse >= _PEAK * coarse.max())
        steps = self._angles[1] * np.linspace(-1.0, 1.0, _FINE)
        fine = np.clip(self._angles[peaks][:, None] + steps, 0.0, self._angles[-1]).ravel()
        return float(max(coarse.max(), _joint(met, *self._probabilities(fine)).max()))

    def _probabilities(self, angles: Array) -> tuple[Array, Array]:
        """Of the baseline's counts, and of one path of the candidate by its failures."""
        rate = np.sin(angles) ** 2
        k = np.arange(self._cap + 1)[:, None]
        paths = _likelihood(k, self._cap - k, np.minimum(rate + self._shift, 1.0))
        return binomial(self._m, rate), paths


def _joint(met: Array, baseline: Array, paths: Array) -> Array:
    """By rate; `einsum` without BLAS gives the same digits whatever the number of threads."""
    joint: Array = (baseline[: len(met)] * np.einsum("fk,kp->fp", met, paths)).sum(axis=0)
    return joint
