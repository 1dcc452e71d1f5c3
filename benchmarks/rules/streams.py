"""Cells to judge: baseline and candidate trainings, and what a rule says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.rules.noises import Array, Noise
from qualify.stats.rank_sprt import OPEN, PASSED, REGRESSED

Codes = NDArray[np.int8]
Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]

CELLS = 200
"""Cells of a release."""


@dataclass(frozen=True)
class Setting:
    """What cells are drawn from.

    `m` baseline trainings, up to `cap` of the candidate, whose losses are worse by `shift`
    standard deviations; `offset` is the standard deviation, between releases, of what the
    environment adds to all of a release's trainings. `correlation` is that of candidate and
    baseline trainings with the same seed (Gaussian noise only).
    """

    noise: Noise
    m: int = 50
    cap: int = 30
    shift: float = 0.0
    offset: float = 0.0
    correlation: float = 0.0


@dataclass(frozen=True)
class Streams:
    """Losses of baseline (cells, m) and candidate (cells, cap), their tie breakers, and offsets.

    The cells are releases of `CELLS` each, or each of them has its release's unchanged `others`
    drawn from there.
    """

    setting: Setting
    baseline: Array
    candidate: Array
    baseline_ties: Array
    ties: Array
    offsets: Array
    others: Streams | None = None

    @property
    def scale(self) -> Array:
        """The standard deviation of each cell's baseline, (cells,)."""
        return np.asarray(self.baseline.std(axis=1, ddof=1))


class Pairs(NamedTuple):
    """Trainings side by side in the environment of the build's run, (cells, pairs) each."""

    candidate: Array
    baseline: Array
    ties: Array


class Outcome(NamedTuple):
    """By cell: the status, the candidate's trainings, and those spent to confirm it."""

    status: Codes
    trainings: Counts
    confirming: Counts


def draw(
    rng: np.random.Generator, setting: Setting, releases: int, others: Streams | None = None
) -> Streams:
    """Draw `releases` of `CELLS` cells."""
    cells = releases * CELLS
    offsets = np.repeat(setting.offset * rng.standard_normal(releases), CELLS)
    latent = setting.noise.draw(rng, cells, setting.m + setting.cap)
    first, then = latent[:, : setting.m], latent[:, setting.m :]
    if setting.correlation:
        own = np.sqrt(1.0 - setting.correlation**2)
        then = setting.correlation * first[:, : setting.cap] + own * then
    ties = np.zeros(latent.shape) if not setting.noise.tied else rng.random(latent.shape)
    return Streams(
        setting,
        setting.noise.placed(first, np.zeros((cells, 1))),
        setting.noise.placed(then, (setting.shift + offsets)[:, None]),
        ties[:, : setting.m],
        ties[:, setting.m :],
        offsets,
        others,
    )


def fresh(rng: np.random.Generator, streams: Streams, cells: Counts, pairs: int) -> Pairs:
    """Train candidate and baseline of some cells again, side by side, with independent seeds."""
    setting = streams.setting
    where = streams.offsets[cells][:, None]
    shape = (len(cells), pairs)
    candidate = setting.noise.draw(rng, *shape)
    baseline = setting.noise.draw(rng, *shape)
    return Pairs(
        setting.noise.placed(candidate, where + setting.shift),
        setting.noise.placed(baseline, where),
        rng.random(shape),
    )


def outcome(regressed: Marks, passed: Marks, counts: Counts) -> Outcome:
    """What the first answer of each cell is; `regressed` and `passed` are (looks, cells).

    `counts` are the trainings at each look. Where both come at once, the cell has passed.
    """
    either = regressed | passed
    first = either.argmax(axis=0)
    answered = either.any(axis=0)
    fine = np.take_along_axis(passed, first[None], axis=0)[0]
    status = np.where(answered, np.where(fine, PASSED, REGRESSED), OPEN).astype(np.int8)
    trainings = np.where(answered, counts[first], counts[-1])
    return Outcome(status, trainings, np.zeros_like(trainings))


def at_once(regressed: Marks, trainings: int) -> Outcome:
    """The outcome of a rule that looks once and passes whatever it does not reject."""
    return outcome(regressed[None], ~regressed[None], np.array([trainings]))
