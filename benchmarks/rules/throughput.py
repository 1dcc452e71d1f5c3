"""How many cells are judged per second of one core: vectorised, and by a loop over scipy's test."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy.stats import mannwhitneyu

from benchmarks.rules.noises import GAUSSIAN, Array
from benchmarks.rules.ours import Engine
from benchmarks.rules.streams import Setting, Streams, draw

ROUNDS = 7
_LOOPED = 400


def vectorised(rng: np.random.Generator, releases: int) -> Array:
    """Cells per CPU second in each round: m = 50, 30 trainings, a look after each of them."""
    streams = draw(rng, Setting(GAUSSIAN), releases)
    return _rates(len(streams.candidate), lambda: Engine().judge(streams, rng))


def looped(rng: np.random.Generator) -> Array:
    """The same for one Mann-Whitney test a cell, called in a loop, after all 30 trainings."""
    streams = draw(rng, Setting(GAUSSIAN), 2)
    return _rates(_LOOPED, lambda: _loop(streams))


def _loop(streams: Streams) -> None:
    for candidate, baseline in zip(streams.candidate[:_LOOPED], streams.baseline, strict=False):
        mannwhitneyu(candidate, baseline, alternative="greater", method="asymptotic")


def _rates(cells: int, judge: Callable[[], object]) -> Array:
    judge()
    rates = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        judge()
        rates.append(cells / (time.process_time() - begin))
    return np.array(rates)
