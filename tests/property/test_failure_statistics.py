"""Laws of the statistics of failures and of many tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from qualify.stats.bernoulli import Limits, limits
from qualify.stats.multiplicity import benjamini_hochberg, e_bh, e_values
from qualify.stats.rates import Count, p_discordant, p_higher, p_pooled
from qualify.stats.turns import by_chance, turns

rates = st.floats(0.0, 1.0).map(lambda rate: round(rate, 9))
designs = st.builds(
    limits,
    m=st.sampled_from([20, 23, 50]),
    cap=st.sampled_from([5, 12, 20]),
    alpha=st.sampled_from([5e-5, 0.0013, 0.01]),
    beta=st.sampled_from([0.05, 0.1]),
)
counts = st.integers(0, 30).flatmap(
    lambda n: st.integers(0, n).map(lambda failed: Count(failed, n))
)
strata = st.lists(st.tuples(counts, counts), min_size=1, max_size=8)
p_values = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30)


def ever(test: Limits, codes: tuple[int, ...], p: float, q: float) -> float:
    """The probability that one of `codes` is ever read; no other answer stops the trainings."""
    f, k = np.ogrid[: test.m + 1, : test.cap + 1]
    paths = np.zeros((test.m + 1, test.cap + 1))
    paths[:, 0] = binom.pmf(f[:, 0], test.m, p)
    total = 0.0
    for n in range(1, test.cap + 1):
        longer = paths * (1.0 - q)
        longer[:, 1:] += paths[:, :-1] * q
        met = np.isin(test.readings(np.minimum(k, n), n, f), codes)
        total += longer[met].sum()
        paths = np.where(met, 0.0, longer)
    return float(total)


def pooled(cells: list[tuple[Count, Count]]) -> float:
    return p_pooled([a for a, _ in cells], [b for _, b in cells])


@settings(max_examples=60)
@given(designs, rates, rates)
def test_a_candidate_that_is_no_worse_rarely_fails(test: Limits, p: float, below: float) -> None:
    """At any rate up to the baseline's, FAILED is ever read with probability alpha at most."""
    assert ever(test, (1,), p, p * below) <= test.boundaries.alpha * (1 + 1e-5)
    assert test.boundaries.alpha <= test.alpha


@settings(max_examples=60)
@given(designs, rates, rates)
def test_a_candidate_with_the_margin_more_rarely_passes(
    test: Limits, share: float, above: float
) -> None:
    """At the baseline's rate + margin and beyond, passing has probability beta at most."""
    p = share * (1.0 - test.margin)
    q = p + test.margin
    assert ever(test, (2, 3), p, min(1.0, q + above * (1.0 - q))) <= test.boundaries.beta + 1e-6
    assert test.boundaries.beta <= test.beta


@settings(max_examples=40)
@given(designs, rates)
def test_a_clean_baseline_has_no_flaky_candidate(test: Limits, q: float) -> None:
    """Without failures of the baseline none are accepted as its own, however rare they are."""
    course = test.course(0.0, q)
    assert course.flaky == 0.0
    assert course.open + course.failed + course.passed == pytest.approx(1.0)


@settings(max_examples=20)
@given(designs)
def test_answers_are_ordered(test: Limits) -> None:
    """More failures never turn an answer for the better, nor do more of the baseline's for worse.

    A further training without failure never makes it worse either.
    """
    fail, clear = test.boundaries.fail, test.boundaries.clear
    n = np.arange(test.cap + 1)
    assert (clear < fail).all()
    assert (fail[:, 1:] >= np.minimum(fail[:, :-1], n[1:] + 1)).all()
    room = np.arange(test.m + 1) / test.m < 1.0 - test.margin
    assert (np.diff(clear[room], axis=1) >= 0).all()
    assert (np.diff(clear[room], axis=0) >= 0).all()
    assert (np.diff(fail, axis=0) >= 0).all()


@settings(max_examples=20)
@given(designs, st.data())
def test_one_more_failure_is_never_better(test: Limits, data: st.DataObject) -> None:
    """For any count, the ranks failed, open, passed only fall with a failure more."""
    rank = {"failed": 0, "open": 1, "passed": 2, "flaky": 2}
    n = data.draw(st.integers(1, test.cap))
    k = data.draw(st.integers(0, n - 1))
    f = data.draw(st.integers(0, test.m))
    assert rank[test.reading(k + 1, n, f)] <= rank[test.reading(k, n, f)]


@settings(max_examples=40)
@given(designs, st.data())
def test_the_trainings_it_would_take_suffice_and_are_needed(
    test: Limits, data: st.DataObject
) -> None:
    """After as many clean trainings it passes, and after one fewer it does not."""
    n = data.draw(st.integers(0, test.cap))
    k = data.draw(st.integers(0, n))
    f = data.draw(st.integers(0, test.m))
    further = test.further(k, n, f)
    if further is not None:
        assert test.reading(k, n + further, f) in {"passed", "flaky"}
        assert further == 0 or test.reading(k, n + further - 1, f) == "open"


@settings(max_examples=20)
@given(designs, st.data())
def test_arrays_are_read_like_numbers(test: Limits, data: st.DataObject) -> None:
    """Many cells at once get the answers that they get one by one."""
    cell = st.integers(0, test.cap).flatmap(
        lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(0, test.m))
    )
    cells = data.draw(st.lists(cell, min_size=1, max_size=9))
    names = ["open", "failed", "passed", "flaky"]
    many = [names[code] for code in test.readings(*np.array(cells).T)]
    assert many == [test.reading(*one) for one in cells]


@given(strata, st.randoms(use_true_random=False))
def test_the_order_of_cells_does_not_matter(cells: list[tuple[Count, Count]], rng) -> None:
    """The pooled p-value is that of a set of strata."""
    assert pooled(rng.sample(cells, len(cells))) == pytest.approx(pooled(cells))


@given(counts, counts)
def test_one_cell_pooled_is_fishers_test(ours: Count, theirs: Count) -> None:
    """A single stratum has Fisher's p-value."""
    assert p_pooled([ours], [theirs]) == pytest.approx(p_higher(ours, theirs), rel=1e-9)


@given(strata, st.integers(0, 30), st.integers(0, 30))
def test_cells_without_failures_say_nothing(
    cells: list[tuple[Count, Count]], ours: int, theirs: int
) -> None:
    """A stratum in which nothing or everything failed leaves the pooled p-value as it is."""
    silent = [(Count(0, ours), Count(0, theirs)), (Count(ours, ours), Count(theirs, theirs))]
    assert pooled([*cells, *silent]) == pytest.approx(pooled(cells))


@given(strata)
def test_a_failure_more_is_more_suspicious_in_the_pool(cells: list[tuple[Count, Count]]) -> None:
    """The pooled p-value is a probability and falls with each failure of the candidate."""
    (ours, theirs), *rest = cells
    assert 0.0 < pooled(cells) <= 1.0
    if ours.failed < ours.total:
        more = Count(ours.failed + 1, ours.total)
        assert pooled([(more, theirs), *rest]) <= pooled(cells) + 1e-12


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_arms_of_discordant_pairs_mirror_each_other(ours: int, theirs: int) -> None:
    """Swapped arms share the probability of the tie that was seen."""
    both = p_discordant(ours, theirs) + p_discordant(theirs, ours)
    assert both == pytest.approx(1.0 + binom.pmf(ours, ours + theirs, 0.5))


@given(p_values, st.floats(0.001, 0.5))
def test_the_second_view_is_laxer_than_the_union_bound(values: list[float], level: float) -> None:
    """What the union bound rejects clearly, Benjamini and Hochberg reject, and e-BH its e-values.

    Neither depends on the order of the tests.
    """
    p, each = np.array(values), level / len(values)
    adjusted = benjamini_hochberg(p)
    assert (adjusted >= p * (1 - 1e-12)).all()
    assert (adjusted[p <= each * (1 - 1e-9)] <= level).all()
    e = e_values(p)
    rejected = e_bh(e, level)
    assert rejected[e >= (1 + 1e-9) / each].all()
    assert np.array_equal(e_bh(e[::-1], level), rejected[::-1])
    assert np.allclose(benjamini_hochberg(p[::-1]), adjusted[::-1])


@given(rate=st.floats(0.0, 1.0), level=st.floats(1e-12, 1.0))
def test_no_rate_of_failure_is_accused_beyond_the_level(rate: float, level: float) -> None:
    """Turns in which only the candidate fails are as rare as was asked, however flaky both are."""
    assert (rate * (1.0 - rate)) ** turns(level) <= level * (1.0 + 1e-12)
    assert turns(level) == 0 or by_chance(turns(level) - 1) > level
