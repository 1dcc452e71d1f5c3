"""The engine's rule for a cell, on many cells at once.

Candidates are ranked among the frozen baseline, with the evidence and the calibrated limits of
`qualify.stats`. A cell that rejects on a stored baseline is confirmed: either trainings of the
baseline that repeat bit for bit show that the environment is the same, or fresh pairs of candidate
and baseline decide, by signed ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmarks.rules.noises import Array
from benchmarks.rules.streams import (
    CELLS,
    Codes,
    Counts,
    Marks,
    Outcome,
    Pairs,
    Setting,
    Streams,
    fresh,
    outcome,
)
from qualify.core.budget import ErrorBudget
from qualify.core.canary import PAIRS
from qualify.judging.confirmation import LEVEL, PASSING
from qualify.judging.testing import level
from qualify.stats import planning
from qualify.stats.identity import HARMLESS, false_pass
from qualify.stats.limits import EFFECTS, Key, limit
from qualify.stats.rank_sprt import OPEN, REGRESSED, Design, evidence_paths, readings
from qualify.stats.ranks import places
from qualify.stats.signed_ranks import signed_paths

BUDGET = ErrorBudget()
LEVELS = BUDGET.levels(CELLS, CELLS)
"""What each test of a release of `CELLS` cells with one gating metric each may spend."""
ALPHA, BETA = LEVELS.metric, LEVELS.beta
REPEATED = 3
"""Baseline trainings that are repeated to show that the environment is the same."""
_COMPARISONS = 1_500_000  # so many at a time fit the processor's cache


def calibrated(m: int, cap: int, effect: float, alpha: float, beta: float) -> Design:
    """The engine's test: the passing side has what identical predictions leave of beta."""
    return planning.calibrated(m, cap, effect, alpha, beta - false_pass(HARMLESS))


class Confirming(NamedTuple):
    """The errors of at most `pairs` fresh pairs that confirm a rejection or take it back."""

    alpha: float = LEVEL
    beta: float = PASSING
    pairs: int = PAIRS


@dataclass(frozen=True)
class Engine:
    """How cells are judged.

    `margin` is in standard deviations of the noise; None sets it to each baseline's recorded
    scale. `confirm` is how fresh pairs confirm; None is an environment that was shown to be the
    same. `dual` adds the paired test by seed, each at half of both errors.
    """

    alpha: float = ALPHA
    beta: float = BETA
    confirm: Confirming | None = None
    margin: float | None = None
    dual: bool = False

    def judge(self, streams: Streams, rng: np.random.Generator) -> Outcome:
        """Judge every cell."""
        margins = self.margins(streams)
        found = self._dual(streams, margins) if self.dual else self.rank_test(streams, margins)
        reds = np.flatnonzero(found.status == REGRESSED)
        if self.confirm is None:
            found.confirming[reds] = REPEATED
        elif reds.size:
            pairs = fresh(rng, streams, reds, self.confirm.pairs)
            second = confirmed(pairs, margins[reds], self.confirm.alpha, self.confirm.beta)
            found.status[reds] = second.status
            found.confirming[reds] = 2 * second.trainings
        return found

    def margins(self, streams: Streams) -> Array:
        """The margin of each cell, on the scale of its losses, (cells,)."""
        scale = streams.scale
        return scale if self.margin is None else np.full(scale.shape, self.margin)

    def rank_test(self, streams: Streams, margins: Array) -> Outcome:
        """The unpaired test; a margin too small for the table leaves its cell OPEN, untrained."""
        cells = len(margins)
        result = Outcome(
            np.full(cells, OPEN, dtype=np.int8), np.zeros(cells, int), np.zeros(cells, int)
        )
        effects = design_effects(margins / streams.scale)
        offsets = margins - effects * streams.scale
        for effect in np.unique(effects[effects > 0.0]):
            for part in _parts(np.flatnonzero(effects == effect), streams.setting):
                answer = self._ranked(streams, part, offsets[part], float(effect))
                result.status[part], result.trainings[part] = answer
        return result

    def _ranked(
        self, streams: Streams, part: Counts, offsets: Array, effect: float
    ) -> tuple[Codes, Counts]:
        """Status and trainings of the cells `part`, all of one design effect."""
        where = places(
            streams.candidate[part] - offsets[:, None],
            streams.baseline[part],
            streams.ties[part],
            streams.baseline_ties[part],
        )
        m, cap = streams.setting.m, streams.setting.cap
        part_of = 0.5 if self.dual else 1.0
        design = calibrated(m, cap, effect, part_of * self.alpha, part_of * self.beta)
        paths = evidence_paths(np.ascontiguousarray(where.T), m, effect)
        return readings(paths, design)

    def _dual(self, streams: Streams, margins: Array) -> Outcome:
        """The unpaired or the paired test, each at half the errors: the first answer, red first."""
        unpaired = self.rank_test(streams, margins)
        pairs = Pairs(streams.candidate, streams.baseline[:, : streams.setting.cap], streams.ties)
        paired = confirmed(pairs, margins, self.alpha / 2.0, self.beta / 2.0)
        later = np.where(unpaired.status == OPEN, np.iinfo(np.int32).max, unpaired.trainings)
        red = paired.status == REGRESSED
        sooner = (paired.status != OPEN) & (paired.trainings < later + red)
        return Outcome(
            np.where(sooner, paired.status, unpaired.status).astype(np.int8),
            np.where(sooner, paired.trainings, unpaired.trainings),
            unpaired.confirming,
        )


def design_effects(ratios: Array) -> Array:
    """The largest calibrated effect of at most margin / scale; 0 where there is none."""
    known = np.array([0.0, *EFFECTS])
    return np.asarray(known[np.searchsorted(known, ratios * (1.0 + 1e-9), side="right") - 1])


def confirmed(pairs: Pairs, margins: Array, alpha: float, beta: float) -> Outcome:
    """Signed ranks of the pairs' differences: worse at `alpha`, or within the margin at `beta`."""
    losses = (pairs.candidate - pairs.baseline).T
    cap = len(losses)
    within = signed_paths(margins - losses, pairs.ties.T) >= _signed(cap, beta)
    worse: Marks = signed_paths(losses, pairs.ties.T) >= _signed(cap, alpha)
    return outcome(worse, within, np.arange(1, cap + 1))


def _signed(cap: int, share: float) -> float:
    return limit(Key("signed", 0, cap, "each", 0.0, level(share, "signed")))


def _parts(cells: Counts, setting: Setting) -> list[Counts]:
    """Cells in parts that fit the cache."""
    most = max(1, _COMPARISONS // (setting.m * setting.cap))
    return [cells[i : i + most] for i in range(0, len(cells), most)]
