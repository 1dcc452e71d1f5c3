"""A small loss that is spread over all cells."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
import pytest
from scipy.special import ndtri

from qualify.stats.limits import design
from qualify.stats.pooled import FIRST, LEAST_GROUPS, Placed, Pooled, null_variance, pooled_shift
from qualify.stats.rank_sprt import evidence_paths, readings
from qualify.stats.ranks import Places, normal_scores, null_places, shifted_places


def urn(m: int, gaps: tuple[int, ...]) -> float:
    """The probability of a sequence of places."""
    chance = 1.0
    for k, gap in enumerate(gaps):
        chance *= (1 + gaps[:k].count(gap)) / (m + 1 + k)
    return chance


def cells(places: Places, m: int, lengths: Iterable[int] | None = None) -> list[Placed]:
    """One group for each column of `places`, (n, cells)."""
    stops = [len(places)] * places.shape[1] if lengths is None else list(lengths)
    rows = zip(places.T.tolist(), stops, strict=True)
    return [Placed(f"canary {i}", m, row[:stop]) for i, (row, stop) in enumerate(rows)]


def pooled(places: Places, m: int, lengths: Iterable[int] | None = None) -> Pooled:
    found = pooled_shift(cells(places, m, lengths))
    assert found is not None
    return found


@pytest.mark.parametrize(("m", "n"), [(2, 3), (4, 3), (3, 5)])
def test_the_variance_of_the_sum_is_exact(m: int, n: int):
    """It is that of all sequences of places, each with the urn's probability."""
    scores = normal_scores(m).astype(float)
    expected = sum(
        urn(m, gaps) * scores[list(gaps)].sum() ** 2 for gaps in product(range(m + 1), repeat=n)
    )
    assert null_variance(m, n) == pytest.approx(expected, rel=1e-5)


def one(m: int, gaps: tuple[int, ...]) -> tuple[float, float]:
    """The statistic and the root of its variance, from five cells with the same places."""
    found = pooled_shift([Placed(str(i), m, gaps) for i in range(LEAST_GROUPS)])
    assert found is not None
    spread = (found.interval[1] - found.shift) / float(-ndtri(0.025))
    return found.shift, spread * np.sqrt(LEAST_GROUPS)


@pytest.mark.parametrize("stop_at", [-9.0, -0.5, 0.2, 0.8])
def test_stopping_leaves_no_bias(stop_at: float):
    """Wherever a cell stops, the mean is 0 and the mean square the predictable variance: exactly.

    All sequences of four places among three replicates; a cell stops when its scores' sum is low.
    """
    m, scores = 3, normal_scores(3).astype(float)
    mean = excess = 0.0
    for gaps in product(range(m + 1), repeat=4):
        sums = np.cumsum(scores[list(gaps)])
        n = int((sums <= stop_at).argmax()) + 1 if (sums <= stop_at).any() else 4
        shift, spread = one(m, gaps[:n])
        weight = n * (m + 2) / (m + 1 + n)  # from the estimate back to the martingale
        mean += urn(m, gaps) * shift * weight
        excess += urn(m, gaps) * (shift**2 - spread**2) * weight**2
    assert mean == pytest.approx(0.0, abs=1e-6)
    assert excess == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("groups", [5, 40])
def test_the_level_holds_with_the_real_stopping_rule(groups: int):
    """Cells that their own sequential tests stop keep the pooled level, for few groups and many."""
    m, releases = 20, 6_000 // groups
    test = design(m, 30, 1.0, 0.05 / 200, 0.05)
    places = null_places(np.random.default_rng(groups), m, FIRST, groups * releases)
    _, at = readings(evidence_paths(places, m, 1.0), test)
    assert (at < FIRST).mean() > 0.1
    starts = range(0, places.shape[1], groups)
    parts = [slice(start, start + groups) for start in starts]
    p = np.array([pooled(places[:, s], m, at[s]).p_worse for s in parts])
    assert (p <= 0.05).mean() <= 0.05 + 4.0 * np.sqrt(0.05 / p.size)
    assert (p <= 0.5).mean() == pytest.approx(0.5, abs=0.15)


def test_a_third_of_a_deviation_everywhere_is_found_every_time():
    """Two hundred cells at +0.3 sd are found at the release's half per mille, in all of twenty."""
    rng = np.random.default_rng(3)
    found = [pooled(shifted_places(rng, 50, FIRST, 200, 0.3), 50) for _ in range(20)]
    assert max(f.p_worse for f in found) < 0.0005
    assert np.mean([f.shift for f in found]) == pytest.approx(0.3, abs=0.05)
    assert np.mean([f.interval[0] <= 0.3 <= f.interval[1] for f in found]) > 0.7


def test_a_gain_mirrors_a_loss():
    """Mirrored places turn the sign of everything, and the two-sided p-value stays."""
    places = shifted_places(np.random.default_rng(4), 20, 4, 30, 0.5)
    loss, gain = pooled(places, 20), pooled(np.asarray(20 - places, dtype=np.int16), 20)
    assert gain.z == pytest.approx(-loss.z, abs=1e-5)
    assert gain.shift == pytest.approx(-loss.shift, abs=1e-5)
    assert gain.p_either == pytest.approx(loss.p_either, rel=1e-3)
    assert gain.p_worse == pytest.approx(1.0 - loss.p_worse, abs=1e-5)


def test_lanes_of_one_canary_count_once():
    """The same places on three lanes are no more evidence than on one."""
    places = shifted_places(np.random.default_rng(5), 50, 5, 8, 0.5)
    once = cells(places, 50)
    lanes, single = pooled_shift(once * 3), pooled_shift(once)
    assert lanes is not None
    assert single is not None
    assert (lanes.z, lanes.shift) == pytest.approx((single.z, single.shift))
    assert lanes.interval == pytest.approx(single.interval)
    assert (lanes.groups, lanes.trainings) == (8, 120)


def test_only_the_first_trainings_count():
    """A cell that was trained to its cap outweighs no other."""
    early = [Placed(str(i), 50, [30, 20, 40, 25, 10]) for i in range(6)]
    long = [cell._replace(places=[*cell.places, *[50] * 25]) for cell in early]
    assert pooled_shift(long) == pooled_shift(early)


def test_baselines_may_differ_in_size():
    """Cells with 20 and with 200 replicates are pooled; the larger baseline weighs more."""
    low, high = [2, 5, 4, 3, 1], [150, 170, 190, 160, 180]
    mixed = [Placed(f"a{i}", 20, low) for i in range(4)]
    mixed += [Placed(f"b{i}", 200, high) for i in range(4)]
    found = pooled_shift(mixed)
    assert found is not None
    assert found.z > 0.0


def test_few_groups_are_not_read():
    """Below five groups there is no answer; cells without trainings are no groups."""
    four = [Placed(str(i), 20, [3, 4]) for i in range(4)]
    assert pooled_shift([]) is None
    assert pooled_shift([*four, Placed("empty", 20, [])]) is None
    assert pooled_shift([*four, Placed("fifth", 20, [7])]) is not None


@pytest.mark.parametrize("place", [-1, 21])
def test_an_impossible_place_is_refused(place: int):
    """A place outside 0 ... m raises ValueError."""
    with pytest.raises(ValueError, match="between 0 and 20"):
        pooled_shift([Placed(str(i), 20, [3, place]) for i in range(5)])
