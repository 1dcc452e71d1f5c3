"""The ratchet: releases that each lose too little to be seen, measured against a fixed anchor.

A baseline that moves with every release forgets what was lost before. Here each release's mean
normal score among the same m anchor replicates is standardized to z_t, and the cumulative sum

    S_t = max(0, S_{t-1} + z_t - k)          (Page 1954, Biometrika 41, 100-115)

alarms where it reaches h. All z_t share the error of the anchor's sample: by Polya's urn n scores
of a release have a mean of variance v (m + 1 + n) / (n (m + 2)), v being the mean square of the
scores, of which v / (m + 2) is common to all releases, the fraction rho = n / (m + 1 + n). The
limit h is that of a whole history: given the common part the chart is a Markov chain (Brook & Evans
1972, Biometrika 59, 539-549), and its probability of an alarm is averaged over the common part, the
mean of the scores under flat Dirichlet weights: normal but for a little kurtosis (Edgeworth's first
correction).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy.special import ndtr

from qualify.stats.ranks import Floats, normal_scores

ALLOWANCE = 1.0
"""k, in standard errors of a mean score: the one that finds a creeping loss first."""
HORIZON = 25
"""The number of releases against one anchor that the level is for."""
SPENT = 0.75
"""The part of the level that the limit spends: reading mean scores as normal overspends by 1 to 29
per cent, most at levels of 0.001 and below (simulated from the urn)."""
_STATES = 80  # of the Markov chain; twice as many change a limit by less than 0.01
_WIDE = 6.0  # the common part is averaged over so many standard deviations either side
_NODES = 41
_HERMITE = (1.0, 0.0, -6.0, 0.0, 3.0)


@dataclass(frozen=True)
class Chart:
    """The sums after each release, their `limit`, and the first release (from 1) that reached it.

    `losses` are those since the anchor, in its standard deviations, from the mean scores.
    """

    losses: tuple[float, ...]
    sums: tuple[float, ...]
    limit: float
    alarm: int | None


def chart(releases: Sequence[ArrayLike], m: int, level: float) -> Chart:
    """The chart of a history: for each release the places of its trainings among m replicates.

    `level` is the probability of any false alarm in `HORIZON` releases. Take the same few first
    trainings of each release (five to eight), not all up to where a sequential test stopped; should
    their numbers differ, the limit is that of the largest. Raises ValueError for a release without
    trainings, and for a longer history: then the anchor is to be renewed.
    """
    scores = [normal_scores(m)[np.asarray(places, dtype=np.int64)] for places in releases]
    if len(scores) > HORIZON or any(s.size == 0 for s in scores):
        raise ValueError(f"a chart has up to {HORIZON} releases, each with a training")
    sizes = [s.size for s in scores]
    means = [float(s.mean(dtype=np.float64)) for s in scores]
    z = [mean / standard_error(m, n) for mean, n in zip(means, sizes, strict=True)]
    sums = cusum(z)
    limit = threshold(m, max(sizes, default=1), level)
    over = [i for i, total in enumerate(sums, start=1) if total >= limit]
    return Chart(tuple(mean / _square(m) for mean in means), sums, limit, over[0] if over else None)


def cusum(z: Sequence[float], allowance: float = ALLOWANCE) -> tuple[float, ...]:
    """The one-sided sums S_1 ... S_T of standardized values, from S_0 = 0."""
    sums = accumulate(z, lambda total, one: max(0.0, total + one - allowance), initial=0.0)
    return tuple(sums)[1:]


def standard_error(m: int, n: int) -> float:
    """The standard deviation of the mean score of n candidates among m replicates, exactly."""
    return math.sqrt(_square(m) * (m + 1.0 + n) / (n * (m + 2.0)))


@lru_cache(maxsize=256)
def threshold(
    m: int, n: int, level: float, horizon: int = HORIZON, allowance: float = ALLOWANCE
) -> float:
    """The limit h that an unchanged history reaches with at most the probability `level`.

    For `horizon` releases of n trainings each against m anchor replicates. Takes 0.05 s. Raises
    ValueError for a level outside (1e-6, 0.5).
    """
    if not 1e-6 < level < 0.5:  # noqa: PLR2004
        raise ValueError(f"the level of a chart lies between 1e-6 and 0.5, not {level}")

    def excess(limit: float) -> float:
        return math.log(false_alarm(limit, m, n, horizon, allowance) / (SPENT * level))

    return float(scipy.optimize.brentq(excess, 0.2, 300.0, xtol=1e-3))


def false_alarm(
    limit: float, m: int, n: int, horizon: int = HORIZON, allowance: float = ALLOWANCE
) -> float:
    """The probability that a chart of unchanged releases reaches `limit`; arguments as above."""
    common = n / (m + 1.0 + n)
    nodes = np.linspace(-_WIDE, _WIDE, _NODES)
    edgeworth = 1.0 + _excess(m) / 24.0 * np.polyval(_HERMITE, nodes)
    weights = np.exp(-0.5 * nodes**2) * edgeworth
    drift = nodes * math.sqrt(common) - allowance
    quiet = weights @ _quiet(limit, drift, math.sqrt(1.0 - common), horizon)
    return max(1e-300, 1.0 - float(quiet / weights.sum()))


def _quiet(limit: float, drift: Floats, spread: float, horizon: int) -> Floats:
    """The probabilities, one for each drift, that the chart stays below the limit."""
    chain = _transitions(limit, drift, spread)
    staying = np.ones(chain.shape[:2])
    for _ in range(horizon):
        staying = (chain @ staying[..., None])[..., 0]
    return np.asarray(staying[:, 0])


def _transitions(limit: float, drift: Floats, spread: float) -> Floats:
    """Between the states 0, w, 2w ... below the limit, for steps N(drift, spread^2): (b, i, j)."""
    width = limit / (_STATES - 0.5)
    at = width * np.arange(_STATES)
    edges = np.concatenate([[-np.inf], at + 0.5 * width])
    steps = (edges - at[:, None] - drift[:, None, None]) / spread
    return np.asarray(np.diff(ndtr(steps), axis=-1))


def _excess(m: int) -> float:
    """The excess kurtosis of the common part, the mean of the scores under flat Dirichlet weights.

    For scores a_0 ... a_m of sum 0, E(sum w a)^4 = (3 p_2^2 + 6 p_4) / ((m + 1) ... (m + 4)), p_k
    being the sum of a^k, and E(sum w a)^2 = p_2 / ((m + 1) (m + 2)).
    """
    scores = normal_scores(m).astype(np.float64)
    kurtosis = float(np.mean(scores**4) / np.mean(scores**2) ** 2)
    ratio = (m + 1.0) * (m + 2.0) / ((m + 3.0) * (m + 4.0))
    return (3.0 + 6.0 * kurtosis / (m + 1.0)) * ratio - 3.0


@lru_cache(maxsize=64)
def _square(m: int) -> float:
    """The mean square of the scores, also their slope in a small shift."""
    return float(np.mean(np.square(normal_scores(m), dtype=np.float64)))
