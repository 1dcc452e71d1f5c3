"""Failure rates."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest, fisher_exact

from qualify.stats.rates import Count, lower_bound, p_higher, upper_bound


@pytest.mark.parametrize(
    ("ours", "theirs"), [((4, 4), (0, 20)), ((3, 20), (2, 20)), ((0, 5), (3, 9)), ((2, 2), (0, 0))]
)
def test_the_comparison_is_fishers_exact_test(
    ours: tuple[int, int], theirs: tuple[int, int]
) -> None:
    """The p-value is that of scipy's one-sided Fisher test."""
    table = [[ours[0], ours[1] - ours[0]], [theirs[0], theirs[1] - theirs[0]]]
    expected = fisher_exact(table, alternative="greater").pvalue
    assert p_higher(Count(*ours), Count(*theirs)) == pytest.approx(expected)


def test_the_tea_of_muriel_bristol() -> None:
    """Four of four against none of four has Fisher's published p of 1 / 70."""
    assert p_higher(Count(4, 4), Count(0, 4)) == pytest.approx(1 / 70)


@pytest.mark.parametrize(("failed", "total"), [(0, 20), (3, 20), (20, 20), (0, 1)])
def test_bounds_are_exact(failed: int, total: int) -> None:
    """Upper and lower bounds are Clopper and Pearson's."""
    exact = binomtest(failed, total).proportion_ci(0.9, method="exact")
    assert upper_bound(Count(failed, total)) == pytest.approx(exact.high)
    assert lower_bound(Count(failed, total)) == pytest.approx(exact.low)


def test_no_failure_in_300_bounds_the_rate_by_one_per_cent() -> None:
    """The rule of three holds."""
    assert upper_bound(Count(0, 300)) == pytest.approx(0.01, rel=0.01)


@pytest.mark.parametrize(("failed", "total"), [(-1, 2), (3, 2)])
def test_impossible_counts_are_refused(failed: int, total: int) -> None:
    """More failures than trainings raise ValueError."""
    with pytest.raises(ValueError, match="not a count"):
        Count(failed, total)
