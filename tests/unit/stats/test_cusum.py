"""The chart of releases against a fixed anchor."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import norm

from qualify.stats.cusum import (
    ALLOWANCE,
    HORIZON,
    SPENT,
    chart,
    cusum,
    false_alarm,
    standard_error,
    threshold,
)
from qualify.stats.ranks import Floats, Places, normal_scores, null_places

M, N = 50, 6


def creeping(loss: float, histories: int, m: int = M) -> Places:
    """Histories that lose `loss` sd per release against one anchor, (releases, n, histories)."""
    rng = np.random.default_rng(1)
    baseline = np.sort(rng.standard_normal((histories, m)), axis=1)
    lost = loss * np.arange(1, HORIZON + 1)[:, None, None]
    candidate = rng.standard_normal((HORIZON, N, histories)) + lost
    rows = zip(baseline, np.moveaxis(candidate, 2, 0), strict=True)
    return np.stack([np.searchsorted(b, c) for b, c in rows], axis=2).astype(np.int16)


def standardized(places: Places, m: int) -> Floats:
    """z of each release and history, (releases, histories)."""
    return normal_scores(m)[places].mean(axis=1, dtype=float) / standard_error(m, places.shape[1])


def highest(z: Floats) -> Floats:
    """The largest sum of each history."""
    return np.array([max(cusum(list(column))) for column in z.T])


def test_sums_follow_pages_recursion():
    """A sum grows by what exceeds the allowance and never falls below 0."""
    assert cusum([1.0, 2.0, -9.0, 3.0], 0.5) == pytest.approx((0.5, 2.0, 0.0, 2.5))
    assert cusum([]) == ()


@pytest.mark.parametrize(("m", "n"), [(2, 3), (4, 2)])
def test_the_standard_error_is_exact(m: int, n: int):
    """It is that of all sequences of places under the urn's law."""
    scores, variance = normal_scores(m).astype(float), 0.0
    for gaps in product(range(m + 1), repeat=n):
        chance = 1.0
        for k, gap in enumerate(gaps):
            chance *= (1 + gaps[:k].count(gap)) / (m + 1 + k)
        variance += chance * scores[list(gaps)].mean() ** 2
    assert standard_error(m, n) == pytest.approx(np.sqrt(variance), rel=1e-5)


def test_one_release_alarms_like_a_z_test():
    """With a horizon of one the probability is the normal tail above limit + allowance."""
    for limit in (0.5, 1.5, 2.5):
        found = false_alarm(limit, M, N, horizon=1)
        assert found == pytest.approx(norm.sf(limit + ALLOWANCE), rel=0.05)


def test_independent_releases_alarm_like_simulated_ones():
    """With a huge anchor the Markov chain agrees with simulated normal values."""
    z = np.random.default_rng(2).standard_normal((HORIZON, 5000))
    assert (highest(z) >= 2.0).mean() == pytest.approx(false_alarm(2.0, 10**6, N), rel=0.15)


@pytest.mark.parametrize(("m", "n", "level"), [(20, 5, 0.05), (50, 8, 0.05), (50, 5, 0.02)])
def test_an_unchanged_history_keeps_the_level(m: int, n: int, level: float):
    """Twenty-five releases against one anchor, drawn from the urn, alarm at most at the level."""
    histories = 3000
    places = null_places(np.random.default_rng(m + n), m, HORIZON * n, histories)
    z = standardized(places.reshape(HORIZON, n, histories), m)
    found = (highest(z) >= threshold(m, n, level)).mean()
    assert found <= level + 4.0 * np.sqrt(level / histories)
    assert found >= level / 2.0


def test_the_anchors_error_is_not_forgotten():
    """The limit of independent releases would alarm too often: all share the anchor's sample."""
    places = null_places(np.random.default_rng(3), 20, HORIZON * N, 1500)
    z = standardized(places.reshape(HORIZON, N, 1500), 20)
    assert (highest(z) >= threshold(10**6, N, 0.05)).mean() > 0.08
    assert threshold(20, N, 0.05) > threshold(50, N, 0.05) > threshold(200, N, 0.05)


def test_a_creeping_loss_is_found_before_it_is_large():
    """A tenth of an sd lost per release alarms at release nine or before in the median, always."""
    places = creeping(0.1, 400)
    alarms = [chart(list(np.moveaxis(places, 2, 0)[i]), M, 0.05).alarm for i in range(400)]
    assert all(alarm is not None for alarm in alarms)
    assert np.median(np.array(alarms, dtype=float)) <= 9


def test_the_chart_says_where_it_alarmed():
    """The first release whose sum reaches the limit, counted from one; the losses are in sd."""
    rng = np.random.default_rng(5)
    anchor = np.sort(rng.standard_normal(200))
    values = [rng.standard_normal(400), rng.standard_normal(400) + 0.8]
    found = chart([np.searchsorted(anchor, v) for v in values], 200, 0.05)
    assert found.losses == pytest.approx((0.0, 0.8), abs=0.2)
    assert found.alarm is None or found.sums[found.alarm - 1] >= found.limit
    clear = chart([[50] * N] * 4, M, 0.05)
    assert clear.alarm == next(t for t, s in enumerate(clear.sums, 1) if s >= clear.limit)
    assert chart([], M, 0.05).alarm is None


def test_the_limit_spends_its_part_of_the_level():
    """At the limit the chain's probability is the stated part of the level."""
    assert false_alarm(threshold(M, N, 0.05), M, N) == pytest.approx(0.05 * SPENT, rel=0.01)
    assert threshold(M, N, 0.01) > threshold(M, N, 0.05)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0, float("nan")])
def test_a_level_of_nothing_or_half_is_refused(level: float):
    """A level outside (1e-6, 0.5) raises ValueError."""
    with pytest.raises(ValueError, match="level of a chart"):
        threshold(M, N, level)


@pytest.mark.parametrize("releases", [[[1], []], [[1]] * (HORIZON + 1)])
def test_a_history_that_is_none_is_refused(releases: list[list[int]]):
    """A release without trainings and more releases than the level is for raise ValueError."""
    with pytest.raises(ValueError, match="up to 25 releases"):
        chart(releases, M, 0.05)
