"""Laws of the statistics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qualify.stats import effect
from qualify.stats.identity import Stratum, false_pass, fits
from qualify.stats.rank_sprt import evidence_paths
from qualify.stats.ranks import normal_scores, places, tie_breakers
from qualify.stats.rates import Count, lower_bound, p_higher, upper_bound
from qualify.stats.signed_ranks import signed_paths
from qualify.stats.spread import spread_paths

FEW = settings(max_examples=40)
M = 50
counts = st.integers(0, 30).flatmap(
    lambda n: st.integers(0, n).map(lambda failed: Count(failed, n))
)
deltas = st.sampled_from([0.5, 1.0, 2.0])
at = arrays(np.int16, st.integers(1, 20), elements=st.integers(0, M))
coarse = arrays(np.float64, st.integers(1, 15), elements=st.integers(-20, 20).map(lambda i: i / 8))
MAPS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    np.exp,
    np.cbrt,
    lambda v: v**3 - 7.0,
    lambda v: -1.0 / (v + 9.0),
)


def ties(n: int, name: str = "") -> np.ndarray:
    return tie_breakers(f"{name}{i}" for i in range(n))


@FEW
@given(coarse, coarse, st.sampled_from(MAPS))
def test_places_are_invariant_under_monotone_changes_of_both_arms(ours, theirs, change) -> None:
    """Ranks know the order of values only; ties keep theirs."""
    keys = ties(len(ours), "a"), ties(len(theirs), "b")
    plain = places(ours, theirs, *keys)
    assert np.array_equal(places(change(ours), change(theirs), *keys), plain)


@FEW
@given(coarse, coarse)
def test_places_are_those_of_values_without_ties(ours, theirs) -> None:
    """Breaking ties is the same as moving every value by its tie, less than values differ."""
    mine, other = ties(len(ours), "a"), ties(len(theirs), "b")
    plain = places(ours, theirs, mine, other)
    moved = places(ours + mine / 16, theirs + other / 16, mine, other)
    assert np.array_equal(moved, plain)


@FEW
@given(at, deltas, st.integers(0, 19))
def test_a_worse_place_is_more_evidence_of_a_loss(found, delta: float, which: int) -> None:
    """Both kinds of evidence grow with every place."""
    worse = found.copy()
    worse[which % len(found)] = M
    before, after = evidence_paths(found, M, delta), evidence_paths(worse, M, delta)
    assert (after.worse >= before.worse - 1e-5).all()
    assert (after.within >= before.within - 1e-5).all()


@FEW
@given(at, deltas)
def test_evidence_is_a_path(found, delta: float) -> None:
    """What is trained later changes nothing of what was known before."""
    whole = evidence_paths(found, M, delta)
    for n in range(1, len(found) + 1):
        part = evidence_paths(found[:n], M, delta)
        assert np.allclose(part.worse, whole.worse[:n], atol=1e-5)


@FEW
@given(at)
def test_the_best_and_the_worst_spread_alike(found) -> None:
    """A test of spread does not tell one tail from the other."""
    assert np.allclose(spread_paths(found, M), spread_paths(M - found, M), atol=1e-4)


def test_scores_are_odd_and_ascending() -> None:
    """The middle scores nothing, and the tails as much on either side."""
    scores = normal_scores(M)
    assert np.allclose(scores, -scores[::-1], atol=1e-6)
    assert (np.diff(scores) > 0).all()


@FEW
@given(coarse, st.sampled_from([1 / 8, 2.0, 1024.0]))
def test_pairs_know_no_unit(differences, factor: float) -> None:
    """A unit of the differences changes no evidence: their scale comes from the ranks."""
    keys = ties(len(differences))
    plain = signed_paths(differences, keys)
    assert np.array_equal(signed_paths(factor * differences, keys), plain)


@FEW
@given(coarse)
def test_pairs_that_all_lie_above_are_the_strongest_evidence(differences) -> None:
    """Turning every difference to a loss never weakens the evidence of one."""
    keys = ties(len(differences))
    above = signed_paths(np.abs(differences) + (differences == 0.0), keys)
    assert above[0] > 0
    assert (above >= signed_paths(-np.abs(differences) - (differences == 0.0), keys)).all()


@settings(max_examples=15)
@given(coarse, st.sampled_from([-2.0, 0.25, 3.0]))
def test_an_effect_moves_with_the_candidate(ours, moved: float) -> None:
    """A constant loss more is a constant more in the estimate and in both bounds."""
    baseline = np.linspace(-2.0, 2.0, M)
    plain, other = (effect.shift(values, baseline, 20) for values in (ours, ours + moved))
    assert other.estimate == pytest.approx(plain.estimate + moved)
    for one, then in ((plain.lower, other.lower), (plain.upper, other.upper)):
        assert (one is None) is (then is None)
        if one is not None:
            assert then == pytest.approx(one + moved)


@given(counts, counts)
def test_one_more_failure_is_more_suspicious(ours: Count, theirs: Count) -> None:
    """Fisher's p-value falls with each failure of the candidate."""
    if ours.failed < ours.total:
        more = Count(ours.failed + 1, ours.total)
        assert p_higher(more, theirs) <= p_higher(ours, theirs) + 1e-12


@given(counts.filter(lambda c: c.total > 0))
def test_exact_bounds_enclose_the_rate(count: Count) -> None:
    """The observed rate lies between its bounds."""
    rate = np.float64(count.failed) / count.total
    assert lower_bound(count) <= rate <= upper_bound(count)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_passing_by_chance_grows_with_the_rate_of_matches(one: float, other: float) -> None:
    """What a touched cell passes with is a probability, and no smaller for more matches."""
    low, high = sorted((one, other))
    assert 0.0 <= false_pass(low) <= false_pass(high) <= 1.0


cells = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=12)


@FEW
@given(cells, st.integers(1, 30), st.randoms(use_true_random=False))
def test_a_fit_is_of_sets_of_cells(rows, recorded: int, rng) -> None:
    """Their order does not matter, and its p-value is a probability."""
    record = Count(min(2, recorded), recorded)
    found = fits([Stratum(rows, record)])
    assert 0.0 <= found.p_value <= 1.0
    assert fits([Stratum(rng.sample(rows, len(rows)), record)]).p_value == found.p_value
    assert found.none + found.single + found.double <= len(rows)
