"""Sequential peers: group-sequential t-tests, paired and not, and a mixture e-process."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from benchmarks.rules.noises import Array
from benchmarks.rules.peers import welch_tail
from benchmarks.rules.spending import Spending, levels, obrien_fleming
from benchmarks.rules.streams import Outcome, Streams, outcome

MARGIN = 1.0
"""The margin of the cells, in standard deviations of the noise."""
LOOKS = (5, 10, 15, 20, 25, 30)
PAIRED_LOOKS = (3, 4, 5, 6, 8, 10, 12, 16, 20)
PAIRED_SPENT = 0.85  # Student's p-values overspend levels that were found for a known variance
_PRIOR = 1.0  # variance of the e-process's effects, in units of the noise's


def group_sequential(streams: Streams, alpha: float, beta: float, spending: Spending) -> Outcome:
    """Welch's t at five looks or so: rejects at spent alpha, passes at beta spent like it."""
    m, cap = streams.setting.m, streams.setting.cap
    looks = np.array([look for look in LOOKS if look < cap] + [cap])
    share = looks * m / (looks + m)
    fractions = tuple(float(one) for one in share / share[-1])
    strict, lenient = levels(fractions, alpha, spending), levels(fractions, beta, spending)
    rejected, passed = [], []
    for look, a, b in zip(looks, strict, lenient, strict=True):
        candidate = streams.candidate[:, :look]
        rejected.append(welch_tail(candidate, streams.baseline, 0.0) <= a)
        passed.append(welch_tail(-candidate, -streams.baseline, -MARGIN) <= b)
    return outcome(np.array(rejected), np.array(passed), looks)


def paired(streams: Streams, alpha: float, beta: float) -> Outcome:
    """A paired t-test by O'Brien & Fleming's spending, up to 20 pairs of stored and new runs."""
    looks = np.array(PAIRED_LOOKS)
    fractions = tuple(float(look / looks[-1]) for look in looks)
    strict = levels(fractions, PAIRED_SPENT * alpha, obrien_fleming)
    lenient = levels(fractions, PAIRED_SPENT * beta, obrien_fleming)
    losses = streams.candidate[:, : looks[-1]] - streams.baseline[:, : looks[-1]]
    rejected, passed = [], []
    for look, a, b in zip(looks, strict, lenient, strict=True):
        rejected.append(_paired_tail(losses[:, :look], 0.0) <= a)
        passed.append(_paired_tail(-losses[:, :look], -MARGIN) <= b)
    return outcome(np.array(rejected), np.array(passed), looks)


def _paired_tail(losses: Array, loss: float) -> Array:
    """Student's one-sided p-value against a mean of at most `loss`; 1 where nothing varies."""
    n = losses.shape[1]
    error = losses.std(axis=1, ddof=1) / np.sqrt(n)
    t = (losses.mean(axis=1) - loss) / np.where(error > 0.0, error, np.inf)
    return np.where(error > 0.0, np.asarray(stdtr(n - 1, -t)), 1.0)


def e_process(streams: Streams, alpha: float) -> Outcome:
    """Reject when the evidence of a normal mixture over effects reaches 1 / alpha; never pass.

    The Bayes factor of the two-sample t with the right Haar prior on the scale, which stays valid
    however long one goes on (Perez-Ortiz, Lardy, de Heide & Grunwald 2024).
    """
    m, cap = streams.setting.m, streams.setting.cap
    n = np.arange(1, cap + 1)
    freedom = m + n - 2
    mean = streams.candidate.cumsum(axis=1) / n
    squares = (streams.candidate**2).cumsum(axis=1) - n * mean**2
    within = streams.baseline.var(axis=1)[:, None] * m + np.maximum(squares, 0.0)
    gap = mean - streams.baseline.mean(axis=1, keepdims=True)
    size = n * m / (n + m)
    ratio = size * gap**2 / within  # t squared, over its degrees of freedom
    log_evidence = 0.5 * (freedom + 1) * (
        np.log1p(ratio) - np.log1p(ratio / (1.0 + _PRIOR * size))
    ) - 0.5 * np.log1p(_PRIOR * size)
    worse = (log_evidence >= -np.log(alpha)) & (gap > 0.0)
    return outcome(worse.T, np.zeros_like(worse.T), n)
