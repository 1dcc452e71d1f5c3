"""A sequential two-sample rank test of whether the candidate is worse, or shown not to be.

Normal scores of the candidate's places among m frozen baseline replicates enter the log likelihood
ratio of a normal shift (Wald 1945), shrunk by what a baseline of finite size leaves unknown:

    L(delta) = m / (m + n) * (delta * S_n - n * delta^2 / 2),  S_n = sum of the n scores.

On the rejecting side L is a mixture over effects (Robbins 1970); on the passing side it is taken
at the design effect. Since the most trainings there can be are known, the limits need not hold for
ever: they are calibrated to the cap by simulation (`limits`). The null distribution is that of
ranks, the same for every continuous noise, so the error rate is, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qualify.stats.ranks import Evidence, Places, counts_like, mixture, normal_scores

EFFECTS = (1.0, 1.7, 3.0)
"""Effects on the rejecting side, as multiples of the design effect."""
WEIGHTS = (0.5, 0.3, 0.2)
"""Their weights: most for the smallest effect, which is the one that costs trainings."""
OPEN, PASSED, REGRESSED = 0, 1, 2
"""Readings of a path, as small integers for arrays."""


class Paths(NamedTuple):
    """Evidence after each training, (n, ...): log likelihood ratios for and against a loss.

    `worse` speaks for a loss when it is large, `within` for a loss below the margin when it is
    very negative.
    """

    worse: Evidence
    within: Evidence


@dataclass(frozen=True)
class Design:
    """A test as it was calibrated.

    `m` baseline replicates, at most `cap` trainings, looked at after each number in `looks`;
    `delta` is the design effect in standard deviations of the baseline. The candidate has regressed
    where `worse` reaches `reject`, and passes where `within` reaches down to `accept`.
    """

    m: int
    cap: int
    looks: tuple[int, ...]
    delta: float
    alpha: float
    beta: float
    reject: float
    accept: float


def evidence_paths(places: Places, m: int, delta: float) -> Paths:
    """Evidence after each of n trainings; `places` are (n, ...) among `m` baseline replicates."""
    n = counts_like(places)
    shrink = np.float32(m) / (m + n)
    scores = np.cumsum(normal_scores(m)[places], axis=0, dtype=np.float32)
    sizes = [np.float32(k * delta) for k in EFFECTS]
    terms = [shrink * (size * scores - n * (size * size / 2)) for size in sizes]
    return Paths(mixture(terms, WEIGHTS), terms[0])


def readings(paths: Paths, design: Design) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """What each path says, and after how many trainings: (...,) and (...,).

    A path that has not decided is OPEN after all of its trainings. Where both limits are reached
    at once, the loss is real, but shown smaller than the margin: PASSED.
    """
    trained = len(paths.worse)
    seen = [look - 1 for look in design.looks if look <= trained]
    if not seen:
        shape = paths.worse.shape[1:]
        return np.zeros(shape, dtype=np.int8), np.full(shape, trained)
    accepts = paths.within[seen] <= design.accept
    decided = accepts | (paths.worse[seen] >= design.reject)
    first = decided.argmax(axis=0)
    passed = np.take_along_axis(accepts, first[None], axis=0)[0]
    answer = np.where(decided.any(axis=0), np.where(passed, PASSED, REGRESSED), OPEN)
    at = np.where(answer == OPEN, trained, np.asarray(seen)[first] + 1)
    return answer.astype(np.int8), at


def kl_bound(delta: float, error: float, other: float) -> float:
    """The fewest trainings any test needs on average, its baseline known (Wald 1945).

    Where `delta` is the shift in standard deviations, `error` the probability of the wrong answer
    under the truth at hand, and `other` that of the wrong answer under the alternative: the
    binary relative entropy of the two answers, divided by delta^2 / 2 nats a training.
    """
    right = (1.0 - error) * math.log((1.0 - error) / other)
    wrong = error * math.log(error / (1.0 - other))
    return (right + wrong) / (delta * delta / 2.0)
