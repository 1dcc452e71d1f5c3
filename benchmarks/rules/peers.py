"""How others decide with a fixed number of trainings, as read in their sources.

Every rule takes streams and says, by cell, whether the candidate has regressed; losses are larger
where they are worse.
"""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import stdtr

from benchmarks.rules.noises import Array
from benchmarks.rules.streams import CELLS, Marks, Outcome, Streams, at_once, outcome

RETRIES = 3
LOOKBACK_Z = 5.0
RCP_RUNS, RCP_LEVEL = 5, 0.05
MANN_WHITNEY_RUNS, ASV_LEVEL = 10, 0.002
OTAVA_WINDOW, OTAVA_RUNS, OTAVA_LEVEL = 50, 10, 0.001
_NEAR = 2  # a change point this close to the build is the build's


def golden(streams: Streams) -> Outcome:
    """One run against one stored run, give or take three standard deviations."""
    worse = streams.candidate[:, 0] - streams.baseline[:, 0] > 3.0 * streams.scale
    return at_once(worse, 1)


def rerun_until_pass(streams: Streams) -> Outcome:
    """Pass at the first of three runs within two sd of the mean (pytest-rerunfailures)."""
    limit = streams.baseline.mean(axis=1) + 2.0 * streams.scale
    fine = (streams.candidate[:, :RETRIES] <= limit[:, None]).T
    last = np.zeros_like(fine)
    last[-1] = True
    return outcome(last, fine, np.arange(1, RETRIES + 1))


def lookback(streams: Streams) -> Outcome:
    """One run more than five sd above the mean of its history (Conbench's lookback z-score)."""
    z = (streams.candidate[:, 0] - streams.baseline.mean(axis=1)) / streams.scale
    return at_once(z > LOOKBACK_Z, 1)


def reference_convergence(streams: Streams) -> Outcome:
    """MLPerf's RCP checker: both arms without their best and worst run, then Student's t.

    As the checker does, the submission is taken to vary like the (trimmed) reference.
    """
    reference = np.sort(streams.baseline, axis=1)[:, 1:-1]
    submitted = np.sort(streams.candidate[:, :RCP_RUNS], axis=1)[:, 1:-1]
    n, m = submitted.shape[1], reference.shape[1]
    spread = reference.std(axis=1)
    pooled = spread * np.sqrt(1.0 / n + 1.0 / m)
    t = (submitted.mean(axis=1) - reference.mean(axis=1)) / pooled
    return at_once(stdtr(n + m - 2, -t) <= RCP_LEVEL, RCP_RUNS)


def welch_p(streams: Streams, n: int) -> Array:
    """Welch's one-sided p-value of the first n candidates, (cells,)."""
    return welch_tail(streams.candidate[:, :n], streams.baseline, 0.0)


def welch_tail(candidate: Array, baseline: Array, loss: Array | float) -> Array:
    """Welch's p-value against a mean loss of at most `loss`, over the last axis."""
    n, m = candidate.shape[-1], baseline.shape[-1]
    a = candidate.var(axis=-1, ddof=1) / n
    b = baseline.var(axis=-1, ddof=1) / m
    total = np.maximum(a + b, np.finfo(float).tiny)
    freedom = total**2 / (a**2 / (n - 1) + b**2 / (m - 1) + np.finfo(float).tiny)
    t = (candidate.mean(axis=-1) - baseline.mean(axis=-1) - loss) / np.sqrt(total)
    return np.asarray(stdtr(freedom, -t))


def welch(streams: Streams, n: int, level: float) -> Outcome:
    """Welch's t of n candidates at a level of its own."""
    return at_once(welch_p(streams, n) <= level, n)


def welch_bh(streams: Streams, n: int, rate: float, rng: np.random.Generator) -> Outcome:
    """Welch's t of n candidates, the release's false discovery rate held at `rate`."""
    p = welch_p(streams, n)
    if streams.others is None:
        return at_once(discoveries(p.reshape(-1, CELLS), rate).ravel(), n)
    null = welch_p(streams.others, n)
    beside = rng.choice(null, (p.size, CELLS - 1))
    found = discoveries(np.column_stack([p, beside]), rate)
    worse: Marks = np.asarray(found[:, 0])
    return at_once(worse, n)


def discoveries(p: Array, rate: float) -> Marks:
    """Which p-values Benjamini & Hochberg (1995) reject in each row."""
    adjusted = stats.false_discovery_control(np.maximum(p, 0.0), axis=1)
    return np.asarray(adjusted <= rate)


def mann_whitney(streams: Streams) -> Outcome:
    """Ten runs by Mann & Whitney's two-sided test at asv's level, and worse."""
    p = stats.mannwhitneyu(
        streams.candidate[:, :MANN_WHITNEY_RUNS],
        streams.baseline,
        alternative="greater",
        method="asymptotic",
        axis=1,
    ).pvalue
    return at_once(np.asarray(2.0 * p < ASV_LEVEL), MANN_WHITNEY_RUNS)


def otava(streams: Streams) -> Outcome:
    """Apache Otava: split the history where the energy distance is largest, then Student's t.

    It watches a series of many builds; here the series is the baseline's last 50 trainings and ten
    of the candidate's, and a change point at the build, give or take two trainings, is a finding.
    """
    before = streams.baseline[:, -OTAVA_WINDOW:]
    series = np.concatenate([before, streams.candidate[:, :OTAVA_RUNS]], axis=1)
    parts = np.array_split(series, 1 + len(series) // 1000)
    found = [_otava(part, before.shape[1]) for part in parts]
    return at_once(np.concatenate(found), OTAVA_RUNS)


def _otava(series: Array, build: int) -> Marks:
    split = energy_splits(series)
    right = np.arange(series.shape[1]) >= split[:, None]
    t, p = _student(series, right)
    return (np.abs(split - build) <= _NEAR) & (t > 0.0) & (p < OTAVA_LEVEL)


def energy_splits(series: Array) -> Array:
    """Where each row splits best: E-divisive's statistic (Matteson & James 2014), (rows,).

    n l / (n + l) times the energy distance of the n values before and the l values after.
    """
    total = series.shape[1]
    apart = np.abs(series[:, :, None] - series[:, None, :])
    sums = apart.cumsum(axis=1).cumsum(axis=2)
    n = np.arange(2, total - 1)
    left, across = sums[:, n - 1, n - 1], sums[:, n - 1, total - 1]
    between, after = across - left, sums[:, -1, -1][:, None] - 2.0 * across + left
    after_n = total - n
    energy = 2.0 * between / (n * after_n) - left / (n * (n - 1.0))
    energy -= after / (after_n * (after_n - 1.0))
    return np.asarray(n[(energy * n * after_n / total).argmax(axis=1)])


def _student(series: Array, right: Marks) -> tuple[Array, Array]:
    """Student's t of the values right of each split against those left, two-sided."""
    total, n = series.shape[1], right.sum(axis=1)
    centred = series - series.mean(axis=1, keepdims=True)
    late = (centred * right).sum(axis=1)
    gap = late / n + late / (total - n)  # the centred values left of the split sum to -late
    within = (centred**2).sum(axis=1) - late**2 / n - late**2 / (total - n)
    pooled = np.maximum(within, np.finfo(float).tiny) / (total - 2)
    t = gap / np.sqrt(pooled * (1.0 / n + 1.0 / (total - n)))
    return t, np.asarray(2.0 * stdtr(total - 2, -np.abs(t)))
