"""The noise of trainings: textbook distributions, and real trainings drawn anew.

Every noise has mean 0 and standard deviation 1, and its draws within a row are exchangeable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.replays import AGAIN, MODES, Replay

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, int], Array]

_SIGMA = 0.7163  # a lognormal of this sigma has skewness 3, the largest seen in real log losses
_CLIP, _STEP = 2.2, 0.5  # a Gaussian, clipped and rounded like this, has nine values


def _shifted(latent: Array, location: Array) -> Array:
    return latent + location


def _rounded(latent: Array, location: Array) -> Array:
    rounded: Array = np.round((latent + location) / _STEP) * _STEP
    return rounded


@dataclass(frozen=True)
class Noise:
    """`draw(rng, cells, n)` gives (cells, n) values, `placed` moves them by a location.

    Ties survive a location because the values are rounded after they are moved.
    """

    name: str
    draw: Draw
    placed: Callable[[Array, Array], Array] = _shifted
    tied: bool = False


def _gaussian(rng: np.random.Generator, cells: int, n: int) -> Array:
    return rng.standard_normal((cells, n))


def _heavy(rng: np.random.Generator, cells: int, n: int) -> Array:
    scaled: Array = rng.standard_t(3, (cells, n)) / np.sqrt(3.0)
    return scaled


def _right(rng: np.random.Generator, cells: int, n: int) -> Array:
    raw = rng.lognormal(0.0, _SIGMA, (cells, n))
    square = np.exp(_SIGMA**2)
    scaled: Array = (raw - np.sqrt(square)) / np.sqrt((square - 1.0) * square)
    return scaled


def _left(rng: np.random.Generator, cells: int, n: int) -> Array:
    return -_right(rng, cells, n)


def _clipped(rng: np.random.Generator, cells: int, n: int) -> Array:
    return np.clip(rng.standard_normal((cells, n)), -_CLIP, _CLIP)


GAUSSIAN = Noise("Gaussian", _gaussian)
LEFT_SKEWED = Noise("skew -3", _left)
"""Losses crowd at their worst end, where an offset of the environment moves many ranks."""
SIMULATED = (
    GAUSSIAN,
    Noise("t3", _heavy),
    Noise("skew +3", _right),
    LEFT_SKEWED,
    Noise("9 values", _clipped, _rounded, tied=True),
)


def recorded(found: Sequence[Replay]) -> tuple[Noise, ...]:
    """One noise for each mode of the real trainings: by iterations, and by seconds."""
    return tuple(
        resampled(f"real, {mode}", pools([one for one in found if one.mode == mode]))
        for mode in MODES
    )


def pools(found: Sequence[Replay]) -> Array:
    """The losses of every recorded release and canary, standardised, (pools, seeds).

    A failed training leaves no loss; all pools are cut to the length of the shortest.
    """
    every = [
        losses[np.isfinite(losses)]
        for replay in found
        for arm, losses in replay.losses.items()
        if not arm.endswith(AGAIN)
    ]
    seeds = min(len(losses) for losses in every)
    table = np.array([losses[:seeds] for losses in every])
    centred = table - table.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return np.asarray((centred / np.where(spread > 0.0, spread, 1.0))[spread[:, 0] > 0.0])


def resampled(name: str, table: Array) -> Noise:
    """Draw each cell from one pool of `table`, without replacement."""

    def draw(rng: np.random.Generator, cells: int, n: int) -> Array:
        if n > table.shape[1]:
            raise ValueError(f"{n} trainings were asked for, {table.shape[1]} were recorded")
        pool = rng.integers(len(table), size=cells)
        order = rng.random((cells, table.shape[1])).argsort(axis=1)[:, :n]
        return np.asarray(table[pool[:, None], order])

    return Noise(name, draw, tied=True)
