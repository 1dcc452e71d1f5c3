"""Laws of the statistics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.stats.group_sequential import nominal_levels, schedule, spent
from qualify.stats.paired import paired_test
from qualify.stats.rates import Count, lower_bound, p_higher, upper_bound

alphas = st.floats(1e-6, 0.2)
losses = st.lists(st.floats(-1, 1).map(lambda x: round(x, 6)), min_size=2, max_size=12)
counts = st.integers(0, 30).flatmap(
    lambda n: st.integers(0, n).map(lambda failed: Count(failed, n))
)


@settings(max_examples=12)
@given(alphas, st.integers(1, 24))
def test_levels_lie_between_what_is_new_and_all_that_is_spent(alpha: float, most: int) -> None:
    """A look is no stricter than what it newly spends, and spends no more than is freed so far."""
    looks = schedule(most)
    total = [spent(alpha, look / most) for look in looks]
    new = [now - before for before, now in zip([0.0, *total], total, strict=False)]
    levels = nominal_levels(looks, alpha)
    for low, level, high in zip(new, levels, total, strict=True):
        assert low * (1 - 1e-6) <= level <= high * (1 + 1e-6)


@settings(max_examples=12)
@given(alphas)
def test_the_registered_looks_grow_less_strict(alpha: float) -> None:
    """Up to the cap of twenty, each look asks for less than the one before."""
    levels = nominal_levels(schedule(20), alpha)
    assert list(levels) == sorted(levels)
    assert levels[-1] <= alpha


@given(alphas, st.lists(st.integers(1, 100), min_size=2, max_size=9, unique=True))
def test_what_looks_spend_adds_up_to_alpha(alpha: float, looks: list[int]) -> None:
    """Spending increases with information and ends at alpha."""
    amounts = [spent(alpha, look / max(looks)) for look in sorted(looks)]
    assert amounts == sorted(amounts)
    assert amounts[-1] == pytest.approx(alpha)


@settings(max_examples=12)
@given(alphas, alphas)
def test_a_larger_alpha_is_less_strict(one: float, other: float) -> None:
    """The levels of every look grow with alpha."""
    small, large = (nominal_levels(schedule(8), a) for a in sorted((one, other)))
    assert all(s <= g * (1 + 1e-9) for s, g in zip(small, large, strict=True))


@given(losses, st.floats(0.001, 0.5), st.floats(1e-6, 0.4))
def test_p_values_are_probabilities_and_mirror_each_other(
    values: list[float], threshold: float, level: float
) -> None:
    """Swapping the arms swaps "worse" and "better"."""
    test = paired_test(values, threshold, level)
    mirrored = paired_test([-v for v in values], threshold, level)
    assert all(0.0 <= p <= 1.0 for p in (test.p_worse, test.p_better, test.p_margin))
    assert (test.p_worse, test.p_better) == pytest.approx((mirrored.p_better, mirrored.p_worse))


@given(losses, st.floats(0.001, 0.5), st.floats(1e-6, 0.4))
def test_the_interval_and_the_test_agree(
    values: list[float], threshold: float, level: float
) -> None:
    """A loss is shown within the margin exactly where the interval ends below it."""
    test = paired_test(values, threshold, level)
    if test.interval is not None and abs(test.interval[1] - threshold) > 1e-9:
        assert (test.p_margin <= level) is (test.interval[1] < threshold)


@given(losses, st.floats(0.001, 0.5), st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(values: list[float], threshold: float, rng) -> None:
    """One look sees a set of pairs."""
    shuffled = rng.sample(values, len(values))
    one, other = (paired_test(v, threshold, 0.05) for v in (values, shuffled))
    assert one.p_margin == pytest.approx(other.p_margin, rel=1e-6, abs=1e-12)


@given(losses, st.floats(0.01, 0.5))
def test_a_constant_is_never_more_certain_than_its_signs(
    values: list[float], threshold: float
) -> None:
    """Equal losses other than zero are as convincing as equal signs are."""
    constant = [values[0] or 0.1] * len(values)
    assert paired_test(constant, threshold, 0.05).p_worse >= 0.5 ** len(values)


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
