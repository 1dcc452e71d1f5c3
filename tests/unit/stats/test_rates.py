"""Failure rates."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact, hypergeom, norm

from qualify.stats.rates import (
    LEAST_P,
    Count,
    lower_bound,
    p_discordant,
    p_higher,
    p_pooled,
    upper_bound,
)


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


# Agresti's (1990) table of penicillin for rabbits, level by level: cured and died of those treated
# at once, then of those treated late. R's documentation of mantelhaen.test analyses it.
RABBITS = [(0, 6, 0, 5), (3, 3, 0, 6), (6, 0, 2, 4), (5, 1, 6, 0), (2, 0, 5, 0)]
AT_ONCE = [Count(cured, cured + died) for cured, died, _, _ in RABBITS]
LATE = [Count(cured, cured + died) for _, _, cured, died in RABBITS]


def test_the_pooled_test_agrees_with_the_rabbits() -> None:
    """The exact conditional p of R, two-sided 0.03994 on a symmetrical tail, halves to 0.01997."""
    assert p_pooled(AT_ONCE, LATE) == pytest.approx(0.03994 / 2, abs=5e-6)


def test_the_pooled_test_sums_all_tables() -> None:
    """Its p-value is the sum over all tables with the same margins."""
    ours, theirs = [Count(2, 4), Count(1, 3), Count(3, 5)], [Count(1, 6), Count(1, 2), Count(2, 9)]
    strata = [
        {k: hypergeom.pmf(k, a.total + b.total, a.failed + b.failed, a.total) for k in range(6)}
        for a, b in zip(ours, theirs, strict=True)
    ]
    tables = [t for t in product(range(6), repeat=3) if sum(t) >= 6]
    expected = sum(prod(pmf[k] for pmf, k in zip(strata, t, strict=True)) for t in tables)
    assert p_pooled(ours, theirs) == pytest.approx(expected)


def test_ten_points_spread_thin_are_found_in_the_pool() -> None:
    """One failure in every second cell of five trainings convinces no cell, but the pool."""
    ours = [Count(i % 2, 5) for i in range(200)]
    theirs = [Count(0, 50)] * 200
    assert min(p_higher(a, b) for a, b in zip(ours, theirs, strict=True)) > 0.05
    assert p_pooled(ours, theirs) == LEAST_P


def test_a_pool_of_thousands_keeps_its_calibration() -> None:
    """With 2,000 cells the exact p-value is near the normal approximation of its centre."""
    generator = np.random.default_rng(5)
    draws = generator.binomial([[20], [50]], 0.1, size=(2, 2000))
    ours, theirs = ([Count(int(k), n) for k in row] for row, n in zip(draws, (20, 50), strict=True))
    share = draws.sum(axis=0) / 70
    variance = (20 * share * (1 - share) * 50 / 69).sum()
    expected = norm.sf((draws[0].sum() - 0.5 - 20 * share.sum()) / variance**0.5)
    assert p_pooled(ours, theirs) == pytest.approx(expected, rel=0.02)


def test_nothing_to_pool_is_no_evidence() -> None:
    """Without strata, or without failures, p is 1."""
    assert p_pooled([], []) == 1.0
    assert p_pooled([Count(0, 9), Count(0, 0)], [Count(0, 50), Count(2, 50)]) == 1.0


def test_strata_without_a_partner_are_refused() -> None:
    """A candidate's cell without its baseline raises ValueError."""
    with pytest.raises(ValueError, match="shorter"):
        p_pooled([Count(0, 9)], [])


@pytest.mark.parametrize(("ours", "theirs"), [(5, 0), (8, 2), (0, 3), (4, 4)])
def test_discordant_pairs_are_a_sign_test(ours: int, theirs: int) -> None:
    """The p-value is that of scipy's one-sided binomial test."""
    expected = binomtest(ours, ours + theirs, alternative="greater").pvalue
    assert p_discordant(ours, theirs) == pytest.approx(expected)


def test_no_discordant_pair_is_no_evidence() -> None:
    """Trouble in no pair, or always in both, gives p = 1; a negative number raises ValueError."""
    assert p_discordant(0, 0) == 1.0
    with pytest.raises(ValueError, match="not numbers of pairs"):
        p_discordant(-1, 2)
