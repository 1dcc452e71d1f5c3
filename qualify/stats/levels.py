"""A level that stays, and now and then jumps: what noisy builds say of it.

The level of a row is piecewise constant. Before each build it jumps with a small probability to
anywhere (Yao 1984: Bayes smoothing of a step function); a build shows it with noise that has two
parts, its trainings' and an offset of its own, and tails heavier than normal. On a grid of levels
the posterior is exact, and costs builds x levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

JUMPS = 0.01
"""One build in a hundred changes a row."""
OFFSET = 0.2
"""The offset that is common to a build's trainings, in their standard deviations: what was seen."""
TAILS = 5.0
"""Degrees of freedom of the noise of builds."""
_OFFSETS = np.array([0.1, 0.2, 0.4, 0.8, 1.6])  # in the standard deviations of trainings
_UNKNOWN = np.array([0.5, 0.7, 1.0, 1.4, 2.0])  # where only differences of builds tell the noise
_PAD = 4.0  # a jump may lead so many standard deviations beyond what was seen
_FAR = 20.0  # levels so many standard deviations apart are as different as can be
_APART = 10.0  # where builds repeat themselves, the smallest difference is so many of them
_FINE = 1.6  # the nearest of the grid's levels costs a history a fifth of a nat at most
_LEVELS = 4000  # a history that wanders through hundreds of levels is seen less finely
_EXACT = 1e-9  # what arithmetic may make of equal numbers
_NORMAL_MAD = 0.6745  # the median absolute normal deviate


@dataclass(frozen=True)
class Noise:
    """What is not known of the noise: possible standard deviations of builds.

    `scales` are (noises, builds), `weights` (noises,) their prior probabilities; `unit` is what
    the data resolves at all.
    """

    scales: Floats
    weights: Floats
    unit: float


def noise(mean: Floats, n: Floats, sd: Floats) -> Noise:
    """The noises that the spread of trainings, and of neighbouring builds, leaves possible.

    Arrays (builds,) of builds that have a mean. Where trainings of a build differ, their pooled
    variance is known and the offset has a half-Cauchy prior around what was seen; where they do
    not, neighbouring builds tell; where these are equal as well, the smallest difference there is.
    """
    floor = _EXACT * float(np.abs(mean).max())
    freedom = np.where((n > 1) & np.isfinite(sd), n - 1.0, 0.0)
    inner = float(np.sqrt((freedom * np.nan_to_num(sd) ** 2).sum() / max(freedom.sum(), 1.0)))
    outer = _outer(mean)
    if inner > floor:
        widest = max(1.0, outer / inner / _OFFSETS[-1])
        offsets = inner * _OFFSETS * np.geomspace(1.0, widest, _OFFSETS.size)
        weights = offsets / (1.0 + (offsets / (OFFSET * inner)) ** 2)
    else:
        offsets = (outer if outer > floor else _smallest(mean, floor) / _APART) * _UNKNOWN
        weights = np.ones(offsets.size)
    variance = offsets[:, None] ** 2 + inner**2 / n + floor**2
    return Noise(np.sqrt(variance), weights / weights.sum(), max(inner, float(offsets[2])))


def _outer(mean: Floats) -> float:
    """The noise that neighbouring builds tell; 0 where hardly any differ from the one before.

    Where half do not, the median says nothing, and the few largest differences may be steps.
    """
    steps = np.sort(np.abs(np.diff(mean)))
    typical = float(np.median(steps)) / _NORMAL_MAD
    rest = steps[: max(0, int(steps.size * (1.0 - 2.0 * JUMPS)) - 2)]
    usual = float(np.sqrt((rest**2).mean())) if rest.size else 0.0
    return (typical or usual) / float(np.sqrt(2.0))


def _smallest(mean: Floats, floor: float) -> float:
    gaps = np.diff(np.sort(mean))
    real = gaps[gaps > floor]
    return float(real.min()) if real.size else _APART * floor


@dataclass(frozen=True)
class Levels:
    """The posterior of a history's level.

    `likelihood`, `forward` and `backward` are (builds, noises, levels), each scaled as it suits;
    `weights` (noises,) are posterior probabilities, `levels` (levels,) values.
    """

    likelihood: Floats
    forward: Floats
    backward: Floats
    weights: Floats
    levels: Floats

    def jumps(self) -> Floats:
        """The probability that the level jumped just before each build, (builds,); 0 first."""
        seen = self.likelihood[1:] * self.backward[1:]
        stay = (1.0 - JUMPS) * (self.forward[:-1] * seen).sum(axis=2)
        jump = JUMPS * self.forward[:-1].sum(axis=2) * seen.mean(axis=2)
        return np.concatenate([[0.0], (jump / (jump + stay)) @ self.weights])

    def any_jump(self, first: int, last: int) -> float:
        """The probability that it jumped before any of the builds `first` to `last`."""
        every, none = self.backward[last], self.backward[last]
        for build in range(last, first - 1, -1):
            seen = self.likelihood[build] * every
            every = (1.0 - JUMPS) * seen + JUMPS * seen.mean(axis=1, keepdims=True)
            none = (1.0 - JUMPS) * self.likelihood[build] * none
            largest = every.max(axis=1, keepdims=True)
            every, none = every / largest, none / largest
        before = self.forward[first - 1]
        share = (before * none).sum(axis=1) / (before * every).sum(axis=1)
        return float(1.0 - self.weights @ share)

    def at(self, build: int) -> tuple[float, float]:
        """Mean and variance of the level at a build."""
        joint = self.forward[build] * self.backward[build]
        share = self.weights @ (joint / joint.sum(axis=1, keepdims=True))
        mean = float(share @ self.levels)
        return mean, float(share @ (self.levels - mean) ** 2)


def levels(mean: Floats, n: Floats, sd: Floats) -> Levels:
    """Smooth a history: (builds,) each, the oldest first, NaN where a build says nothing.

    At least two builds must say something.
    """
    known = np.isfinite(mean) & (n > 0)
    noises = noise(mean[known], n[known], sd[known])
    grid, places, values = _grid(mean[known], noises)
    likelihood = np.ones((mean.size, noises.weights.size, grid.size))
    scales = noises.scales.T[:, :, None]
    away = 1.0 + ((places[:, None, None] - grid) / scales) ** 2 / TAILS
    likelihood[known] = 1.0 / (away * away * away * scales)  # to the power (TAILS + 1) / 2
    forward, evidence = _forward(likelihood)
    shares = np.log(noises.weights) + evidence
    weights = np.exp(shares - shares.max())
    return Levels(likelihood, forward, _backward(likelihood), weights / weights.sum(), values)


def _grid(mean: Floats, noises: Noise) -> tuple[Floats, Floats, Floats]:
    """Even levels, the place of each build among them, and the values that the levels stand for.

    Gaps within the history wider than `_FAR` are drawn closer, their middle is left out: it tells
    no more.
    """
    ordered = np.unique(mean)
    drawn = np.minimum(np.diff(ordered), _FAR * float(noises.scales.max()))
    along = np.concatenate([[0.0], np.cumsum(drawn)])
    pad = _PAD * noises.unit
    step = float(noises.scales.min()) * np.sqrt(_FINE / mean.size)
    count = min(int((along[-1] + 2.0 * pad) / step) + 2, _LEVELS)
    grid = np.linspace(-pad, along[-1] + pad, count)
    middles = (along[1:] + along[:-1]) / 2.0
    nearest = np.searchsorted(middles, grid)
    places = along[np.searchsorted(ordered, mean)]
    return grid, places, ordered[nearest] + grid - along[nearest]


def _forward(likelihood: Floats) -> tuple[Floats, Floats]:
    """What a level says of the past, each build's scaled to add up to 1, and log evidence."""
    forward = np.empty_like(likelihood)
    evidence = np.zeros(likelihood.shape[1])
    now = np.full(likelihood.shape[1:], 1.0 / likelihood.shape[2])
    for build, seen in enumerate(likelihood):
        if build:
            now = (1.0 - JUMPS) * now + JUMPS * now.mean(axis=1, keepdims=True)
        now = now * seen
        total = now.sum(axis=1, keepdims=True)
        evidence += np.log(total[:, 0])
        now = now / total
        forward[build] = now
    return forward, evidence


def _backward(likelihood: Floats) -> Floats:
    """What a level says of the future, each build's scaled to have 1 as its largest."""
    backward = np.empty_like(likelihood)
    backward[-1] = 1.0
    for build in range(len(likelihood) - 1, 0, -1):
        seen = likelihood[build] * backward[build]
        now = (1.0 - JUMPS) * seen + JUMPS * seen.mean(axis=1, keepdims=True)
        backward[build - 1] = now / now.max(axis=1, keepdims=True)
    return backward
