"""Builds that trained the same seeds: what each is worth, whatever seeds it got to.

A cell trains its seeds in order and stops when it is decided, so that one build has three values
and the next one thirty. Means would differ by the seeds alone. Builds and seeds are therefore
fitted together, y = build + seed + noise, with seeds as random effects (Henderson 1950): as
strongly as the history shows that seeds matter at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SWEEPS = 10  # of the median polish (Tukey 1977)
_CLIP = 2.0  # residuals count up to so many standard deviations (Huber 1964)
_PARTS = np.array([0.5, 0.9])  # where most trainings repeat themselves, the median is 0
_NORMAL = np.array([1.4826, 0.6080])  # makes those quantiles normal standard deviations
_SAME = 1e-6  # the least ratio of variances: below it, seeds decide everything


def summaries(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Sum up replicates, (builds, seeds) with NaN where nothing was trained.

    Gives for each build, (builds,): its mean, resistant to outliers and for the average seed; how
    many trainings it is worth where builds are compared; the spread of one training, seeds apart,
    the same for all. Builds without a value have NaN, 0, NaN.
    """
    seen = np.isfinite(values)
    known = seen.any(axis=1)
    mean, n, sd = np.full(known.size, np.nan), np.zeros(known.size), np.full(known.size, np.nan)
    if known.any():
        mean[known], n[known], sd[known] = _fitted(values[known], seen[known])
    return mean, n, sd


def _fitted(values: Floats, seen: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    counts, shared = seen.sum(axis=1), seen.sum(axis=0)
    paired = (shared > 1) & (seen.sum() > counts.size + (shared > 1).sum())
    builds, seeds = _polished(values, paired)
    calm, residuals = _calmed(values, builds, seeds)
    within = _within(calm, residuals)
    between = _between(seeds[paired], within, shared[paired]) if np.isfinite(within) else 0.0
    mean, worth = _compared(calm, seen, within, between)
    return mean, np.minimum(worth, counts), np.full(counts.size, np.sqrt(within))


def _within(calm: Floats, residuals: Floats) -> float:
    """The variance of one training, its seed apart; NaN where nothing tells it.

    Neighbouring builds tell it at the seeds that both have: a build that changed its predictions
    did so for each seed differently, and for good, which is no noise of the builds after it.
    """
    steps = np.diff(calm, axis=0)
    common = np.isfinite(steps).sum(axis=1)
    steps, freedom = steps[common > 1], int((common[common > 1] - 1).sum())
    if freedom:
        away = steps - np.nanmean(steps, axis=1, keepdims=True)
        return float(np.nansum(away**2)) / freedom / 2.0
    freedom = int(np.isfinite(residuals).sum()) - len(residuals)
    return float(np.nansum(residuals**2)) / freedom if freedom else float("nan")


def _polished(values: Floats, paired: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Medians of builds and of those seeds that several builds trained, swept in turn."""
    builds, seeds = _median(values), np.zeros(values.shape[1])
    for _ in range(_SWEEPS if paired.any() else 0):
        seeds[paired] = _median((values - builds[:, None])[:, paired].T)
        seeds[paired] -= np.median(seeds[paired])
        builds = _median(values - seeds)
    return builds, seeds


def _median(values: Floats) -> Floats:
    """The median of each row, NaN left out: numpy's own takes ten times as long."""
    ordered, counts = np.sort(values, axis=1), np.isfinite(values).sum(axis=1)
    middle = np.stack([(counts - 1) // 2, counts // 2], axis=1)
    return np.asarray(np.take_along_axis(ordered, middle, axis=1).mean(axis=1))


def _calmed(values: Floats, builds: Floats, seeds: Floats) -> tuple[Floats, Floats]:
    """Pseudo-values whose means are one Huber step from the medians, and their residuals."""
    fitted = builds[:, None] + seeds
    residuals = values - fitted
    spread = np.nanquantile(np.abs(residuals + seeds), _PARTS) * _NORMAL
    limit = _CLIP * float(spread.max())
    if limit > 0.0:  # else nearly all are equal, and those that are not are no outliers
        inside = float((np.abs(residuals) <= limit).sum() / np.isfinite(residuals).sum())
        residuals = np.clip(residuals, -limit, limit) / inside
    calm = fitted + residuals
    return calm, calm - np.nanmean(calm - seeds, axis=1, keepdims=True) - seeds


def _between(seeds: Floats, within: float, shared: Floats) -> float:
    """The variance of seeds beyond what the noise of their estimates explains."""
    if seeds.size < 2:  # noqa: PLR2004 -- one seed has no variance
        return 0.0
    return max(0.0, float(seeds.var(ddof=1)) - within * float((1.0 / shared).mean()))


def _compared(
    values: Floats, seen: NDArray[np.bool_], within: float, between: float
) -> tuple[Floats, Floats]:
    """Solve Henderson's equations for the builds; the worth is one over the variance in noises.

    Variances are those of a build less the average one: what all share moves no comparison.
    """
    table, filled = seen.astype(np.float64), np.where(seen, values, 0.0)
    if not between:
        return filled.sum(axis=1) / table.sum(axis=1), table.sum(axis=1)
    weight = 1.0 / (table.sum(axis=0) + max(within / between, _SAME))
    system = np.diag(table.sum(axis=1)) - (table * weight) @ table.T
    inverse = np.linalg.inv(system)
    mean = inverse @ (filled.sum(axis=1) - (table * weight) @ filled.sum(axis=0))
    centred = inverse - inverse.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    return mean, 1.0 / np.maximum(np.diag(centred), np.finfo(np.float64).tiny)
