"""The error rates and the cost of the paired rule, for five kinds of noise.

`python -m benchmarks.simple_rule [--quick] [--json]` simulates cells of 20 seeds whose paired
losses have standard deviation 1 and a given mean, and judges them with the harness's own
statistics. The margin is one standard deviation; where the margin is a tenth of it, the rule can
rarely pass a cell and its false alarms are at their worst.

An unchanged candidate and the baseline are exchangeable, so their paired losses are symmetric even
where each arm is skewed ("skewed arms"). The last two noises break that: losses that are skewed
themselves are outside what Student's test promises, and show by how much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks._report import Goal, at_least, at_most, main, mean_at_most
from qualify.stats.group_sequential import schedule
from qualify.stats.paired import moments, student_levels, tail_probabilities
from qualify.stats.rates import Count

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

ALPHA, BETA, CAP = 0.05 / 20, 0.05, 20
FIXED = 24.0  # the pairs that a test of fixed size needs at these errors
INCONCLUSIVE, PASSED, IMPROVED, REGRESSED = range(4)
_SIGMA = 0.7163  # a lognormal of this sigma has skewness 3, the largest seen in real log losses


class Outcome(NamedTuple):
    """Per cell: how it ended, and after how many trainings."""

    status: Codes
    trainings: Codes


def judge_all(losses: Array, threshold: float, alpha: float, beta: float) -> Outcome:
    """The paired rule on many cells at once; `losses` has a row of pairs for each cell."""
    cells, cap = losses.shape
    status = np.full(cells, INCONCLUSIVE)
    trainings = np.full(cells, cap)
    looks = schedule(cap)
    levels = zip(student_levels(looks, alpha), student_levels(looks, beta), strict=True)
    running = np.arange(cells)
    for look, (a, b) in zip(looks, levels, strict=True):
        codes = _read(losses[running, :look], threshold, a, b, final=look == cap)
        decided = codes != INCONCLUSIVE
        status[running[decided]], trainings[running[decided]] = codes[decided], look
        running = running[~decided]
    return Outcome(status, trainings)


def _read(losses: Array, threshold: float, alpha: float, beta: float, *, final: bool) -> Codes:
    """One look at many cells: the vectorised twin of `judging.noninferiority.reading`."""
    mean, sd = moments(losses)
    tails = tail_probabilities(mean, sd, losses.shape[1], threshold)
    within = tails.margin <= beta
    regressed = (tails.worse <= alpha) & (final | (mean >= threshold))
    better = np.where(tails.better <= alpha, IMPROVED, PASSED)
    return np.where(within, better, np.where(regressed, REGRESSED, INCONCLUSIVE))


def _gaussian(generator: np.random.Generator, size: tuple[int, int]) -> Array:
    return generator.standard_normal(size)


def _heavy(generator: np.random.Generator, size: tuple[int, int]) -> Array:
    scaled: Array = generator.standard_t(3, size) / np.sqrt(3.0)
    return scaled


def _arms(generator: np.random.Generator, size: tuple[int, int]) -> Array:
    scaled: Array = (_right(generator, size) - _right(generator, size)) / np.sqrt(2.0)
    return scaled


def _right(generator: np.random.Generator, size: tuple[int, int]) -> Array:
    raw = generator.lognormal(0.0, _SIGMA, size)
    square = np.exp(_SIGMA**2)
    scaled: Array = (raw - np.sqrt(square)) / np.sqrt((square - 1.0) * square)
    return scaled


def _left(generator: np.random.Generator, size: tuple[int, int]) -> Array:
    return -_right(generator, size)


NOISES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Array]] = {
    "Gaussian": _gaussian,
    "t3": _heavy,
    "skewed arms": _arms,
    "loss of skewness +3": _right,
    "loss of skewness -3": _left,
}


def measure(quick: bool) -> Sequence[Goal]:
    """Simulate every noise at no loss, at the margin and at twice the margin."""
    cells = 100_000 if quick else 400_000
    return [goal for name in NOISES for goal in _goals(name, cells)]


def _goals(noise: str, cells: int) -> list[Goal]:
    """The goals of one kind of noise."""
    seed = list(NOISES).index(noise)
    losses = NOISES[noise](np.random.default_rng([20, seed]), (cells, CAP))
    same, tight = _judged(losses), _judged(losses, threshold=0.1)
    at_margin, twice = _judged(losses + 1.0), _judged(losses + 2.0)
    return [
        at_most(f"{noise}: unchanged, regressed", _count(same, REGRESSED), ALPHA),
        at_most(f"{noise}: unchanged, margin 0.1 sd, regressed", _count(tight, REGRESSED), ALPHA),
        at_most(f"{noise}: loss = margin, passed", _count(at_margin, PASSED, IMPROVED), BETA),
        at_least(f"{noise}: unchanged, passed", _count(same, PASSED, IMPROVED), 0.9),
        at_least(f"{noise}: loss = 2 margins, regressed", _count(twice, REGRESSED), 0.9),
        mean_at_most(f"{noise}: unchanged, trainings", same.trainings.astype(float), FIXED),
        mean_at_most(f"{noise}: loss = 2 margins, trainings", twice.trainings.astype(float), FIXED),
    ]


def _judged(losses: Array, threshold: float = 1.0) -> Outcome:
    return judge_all(losses, threshold, ALPHA, BETA)


def _count(outcome: Outcome, *codes: int) -> Count:
    return Count(int(np.isin(outcome.status, codes).sum()), int(outcome.status.size))


if __name__ == "__main__":
    main("The paired rule: error rates and cost", measure)
