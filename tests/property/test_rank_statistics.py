"""Laws of the rank statistics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.stats.cusum import cusum
from qualify.stats.effect import paired_shift, shift
from qualify.stats.identity import false_pass, trainings
from qualify.stats.pooled import Placed, pooled_shift
from qualify.stats.rank_sprt import WEIGHTS, evidence_paths
from qualify.stats.ranks import normal_scores, places, tie_breakers
from qualify.stats.signed_ranks import signed_paths
from qualify.stats.spread import spread_paths

values = st.integers(-30, 30).map(float)
arms = st.tuples(
    st.lists(values, min_size=1, max_size=12), st.lists(values, min_size=1, max_size=12)
)
gaps = st.lists(st.integers(0, 20), min_size=1, max_size=20)
deltas = st.floats(0.3, 3.0)
losses = st.lists(st.integers(-50, 50).map(lambda k: k / 8.0), min_size=1, max_size=10)


def placed(candidate: list[float], baseline: list[float]) -> list[int]:
    """Places with ties by name."""
    ours, theirs = np.array(candidate, dtype=float), np.array(baseline, dtype=float)
    ties = tie_breakers(f"candidate {i}" for i in range(ours.size))
    others = tie_breakers(f"baseline {i}" for i in range(theirs.size))
    return [int(one) for one in places(ours, theirs, ties, others)]


@given(arms, st.sampled_from(["exp", "cube", "affine", "atan"]))
def test_only_the_order_matters(samples: tuple[list[float], list[float]], name: str) -> None:
    """Any strictly increasing transformation of all values leaves every place as it is."""
    maps = {
        "exp": lambda x: np.exp(x / 10.0),
        "cube": lambda x: x**3,
        "affine": lambda x: 1e6 * x - 3.0,
        "atan": np.arctan,
    }
    moved = [[float(maps[name](x)) for x in arm] for arm in samples]
    assert placed(*samples) == placed(*moved)


@given(arms, st.lists(values, max_size=5))
def test_places_are_frozen(samples: tuple[list[float], list[float]], later: list[float]) -> None:
    """Further candidates never move the places of earlier ones."""
    candidate, baseline = samples
    assert placed([*candidate, *later], baseline)[: len(candidate)] == placed(candidate, baseline)


@given(arms, st.integers(0, 11), st.floats(0.0, 20.0))
def test_a_worse_value_has_no_better_place(
    samples: tuple[list[float], list[float]], which: int, by: float
) -> None:
    """A candidate that loses more keeps its place or moves up, and the others stay."""
    candidate, baseline = samples
    i = which % len(candidate)
    worse = [*candidate[:i], candidate[i] + by, *candidate[i + 1 :]]
    before, after = placed(candidate, baseline), placed(worse, baseline)
    assert after[i] >= before[i]
    assert after[:i] + after[i + 1 :] == before[:i] + before[i + 1 :]


@given(st.integers(1, 200))
def test_scores_ascend_and_mirror(m: int) -> None:
    """The scores of m + 1 gaps are strictly ascending and symmetric about 0."""
    scores = normal_scores(m)
    assert (np.diff(scores) > 0).all()
    assert scores == pytest.approx(-scores[::-1], abs=1e-5)


@given(gaps, deltas, st.integers(0, 19))
def test_evidence_grows_with_each_place(found: list[int], delta: float, which: int) -> None:
    """A worse place never lowers the evidence of a loss, at its own look and at all later ones."""
    i = which % len(found)
    worse = [*found[:i], min(20, found[i] + 1), *found[i + 1 :]]
    before, after = (evidence_paths(np.array(one), 20, delta) for one in (found, worse))
    assert (after.worse >= before.worse - 1e-4).all()
    assert (after.within >= before.within - 1e-4).all()
    assert after.worse[:i] == pytest.approx(before.worse[:i], abs=1e-5)


@given(gaps, deltas)
def test_evidence_is_at_least_its_smallest_effects(found: list[int], delta: float) -> None:
    """The mixture holds its first term at its weight, at the design effect."""
    paths = evidence_paths(np.array(found), 20, delta)
    assert (paths.worse >= paths.within + np.log(WEIGHTS[0]) - 1e-4).all()


@given(gaps)
def test_spread_has_no_direction(found: list[int]) -> None:
    """Mirrored places are as much evidence of spread."""
    mirrored = [20 - place for place in found]
    one, other = (spread_paths(np.array(places_), 20) for places_ in (found, mirrored))
    assert one == pytest.approx(other, abs=1e-3)


@settings(max_examples=50)
@given(losses, st.floats(0.01, 5.0))
def test_signed_evidence_grows_with_the_loss(differences: list[float], by: float) -> None:
    """Adding a constant to all differences never lowers the evidence at any look."""
    moved = np.array(differences)
    ties = tie_breakers(map(str, range(moved.size)))
    clear = moved[(moved != 0.0) & (moved + by != 0.0)]
    before, after = (signed_paths(d, ties[: d.size]) for d in (clear, clear + by))
    assert (after >= before - 1e-4).all()


@settings(max_examples=50)
@given(losses)
def test_only_ratios_of_differences_matter(differences: list[float]) -> None:
    """The scale of paired differences is no evidence."""
    moved = np.array(differences)
    ties = tie_breakers(map(str, range(moved.size)))
    assert signed_paths(moved, ties) == pytest.approx(signed_paths(8.0 * moved, ties), abs=1e-5)


@settings(max_examples=25)
@given(losses, st.integers(-20, 20))
def test_effects_move_with_the_candidate(candidate: list[float], by: int) -> None:
    """A candidate that is worse by a constant has its estimate and bounds moved by it."""
    baseline, ours = np.linspace(-3.0, 3.1, 20), np.array(candidate)
    one, other = shift(ours, baseline, 20), shift(ours + by, baseline, 20)
    assert other.estimate == pytest.approx(one.estimate + by)
    assert (other.lower is None) == (one.lower is None)
    if one.lower is not None and other.lower is not None:
        assert other.lower == pytest.approx(one.lower + by)


@settings(max_examples=25)
@given(losses)
def test_paired_effects_mirror(differences: list[float]) -> None:
    """Swapped arms turn the interval round, where no two differences tie."""
    moved = np.array(differences) + np.arange(len(differences)) * 0.0137
    ties = tie_breakers(map(str, range(moved.size)))
    one, other = paired_shift(moved, ties, 20), paired_shift(-moved, ties, 20)
    assert other.estimate == pytest.approx(-one.estimate)
    for ours, theirs in ((one.lower, other.upper), (one.upper, other.lower)):
        assert (ours is None) == (theirs is None)
        assert ours is None or theirs is None or ours == pytest.approx(-theirs)


@settings(max_examples=50)
@given(st.lists(gaps, min_size=5, max_size=9), st.data())
def test_one_worse_place_raises_the_pooled_shift(cells: list[list[int]], data) -> None:
    """The estimated shift of all cells grows with any of the places that count."""
    which = data.draw(st.integers(0, len(cells) - 1))
    changed = [list(cell) for cell in cells]
    changed[which][0] = min(20, changed[which][0] + 3)
    one, other = (
        pooled_shift([Placed(str(i), 20, cell) for i, cell in enumerate(all_)])
        for all_ in (cells, changed)
    )
    assert one is not None
    assert other is not None
    assert other.shift >= one.shift
    assert other.interval[0] <= other.shift <= other.interval[1]
    assert 0.0 <= other.p_worse <= 1.0


@given(st.lists(st.floats(-5, 5), max_size=25), st.floats(0.1, 2.0))
def test_sums_bound_what_was_lost(z: list[float], allowance: float) -> None:
    """No sum is negative, none is below the excess of the last release, all grow with z."""
    sums = cusum(z, allowance)
    assert len(sums) == len(z)
    assert all(total >= max(0.0, last - allowance) for total, last in zip(sums, z, strict=True))
    more = cusum([one + 0.5 for one in z], allowance)
    assert all(high >= low for high, low in zip(more, sums, strict=True))


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_rule_of_identity_passes_more_the_more_matches(one: float, other: float) -> None:
    """Its probability to pass grows with the rate, and its trainings lie between two and ten."""
    low, high = sorted((one, other))
    assert 0.0 <= false_pass(low) <= false_pass(high) <= 1.0
    assert 2.0 - 1e-9 <= trainings(low, 10.0) <= 10.0 + 1e-9
