"""Histories of builds with a step planted in them, or none, simulated or spliced from trainings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.replays import AGAIN, MODES, Replay
from benchmarks.rules.noises import SIMULATED, Noise, pools

Array = NDArray[np.float64]

BUILDS, REPLICATES, EDGE = 100, 5, 10


@dataclass(frozen=True)
class History:
    """Replicates, (builds, seeds) with NaN where nothing was trained; the step and its size.

    `first` is the build that introduced it, None where none did.
    """

    values: Array
    first: int | None = None
    shift: float = 0.0

    @property
    def means(self) -> Array:
        """What other methods are given: the plain mean of each build."""
        return np.asarray(np.nanmean(self.values, axis=1))


@dataclass(frozen=True)
class Setting:
    """A noise of trainings, and the standard deviation of the offset that a build's share."""

    noise: Noise
    offset: float = 0.0

    @property
    def name(self) -> str:
        """As tables call it."""
        return f"{self.noise.name}, offset {self.offset:g}σ" if self.offset else self.noise.name

    def draw(self, rng: np.random.Generator, shift: float) -> History:
        """One history; a step lies anywhere but near the ends, and may lead up or down."""
        values = self.noise.draw(rng, 1, BUILDS * REPLICATES).reshape(BUILDS, REPLICATES)
        values = values + self.offset * rng.standard_normal((BUILDS, 1))
        if shift == 0.0:
            return History(values)
        first = int(rng.integers(EDGE, BUILDS - EDGE + 1))
        signed = shift * float(rng.choice((-1.0, 1.0)))
        values[first:] += signed
        return History(values, first, signed)


def settings(found: Sequence[Replay]) -> tuple[Setting, ...]:
    """Textbook noises with and without an offset, and the losses of real trainings."""
    plain = [Setting(noise, offset) for noise in SIMULATED[:3] for offset in (0.0, 0.2)]
    real = [_resampled(mode, pools([r for r in found if r.mode == mode])) for mode in MODES]
    return (*plain, *map(Setting, real))


def _resampled(mode: str, table: Array) -> Noise:
    """Draw each history from one recorded canary and release, with replacement."""

    def draw(rng: np.random.Generator, cells: int, n: int) -> Array:
        drawn = [rng.choice(table[rng.integers(len(table))], n) for _ in range(cells)]
        return np.array(drawn)

    return Noise(f"real, {mode}", draw, tied=True)


def spliced(rng: np.random.Generator, replay: Replay, other: str | None) -> History:
    """Builds that train the same few seeds, as a cell does: a release, then `other` or the same.

    Each training of the release is one of the two that were recorded at its seed. `other` was
    recorded once, and is taken to repeat itself as well as the release does at that seed. Where it
    is equal to the release at all seeds, there is no step.
    """
    once, twice = next(iter(replay.reruns))
    usable = replay.trained(once, twice) & replay.trained(once, other or once)
    seeds = rng.choice(np.flatnonzero(usable), REPLICATES, replace=False)
    arms = np.array([replay.losses[arm][seeds] for arm in (once, twice)])
    values = arms[rng.integers(2, size=(BUILDS, REPLICATES)), np.arange(REPLICATES)]
    after = arms[0] if other is None else replay.losses[other][seeds]
    if ((after == arms[0]) | (after == arms[1])).all():
        return History(values)
    first = int(rng.integers(EDGE, BUILDS - EDGE + 1))
    change = after - arms.mean(axis=0)
    values[first:] += change
    return History(values, first, float(change.mean()))


def releases(replay: Replay) -> list[str]:
    """The releases that are not the one recorded twice."""
    once = next(iter(replay.reruns))[0]
    return [arm for arm in replay.releases if arm != once and not arm.endswith(AGAIN)]
