"""Effects of a fixed number of trainings, against published tables and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, wilcoxon

from qualify.stats.fixed import paired, unpaired


@pytest.mark.parametrize(("n", "cut"), [(6, 0), (8, 3), (10, 8), (15, 25), (20, 52), (25, 89)])
def test_pairs_agree_with_the_tables(n: int, cut: int):
    """The bounds are the order statistics of the Walsh averages that Wilcoxon's tables name."""
    values = np.random.default_rng(n).normal(size=n)
    first, second = np.tril_indices(n)
    walsh = np.sort((values[first] + values[second]) / 2)
    found = paired(values)
    assert (found.lower, found.upper) == (walsh[cut], walsh[-1 - cut])
    assert found.estimate == np.median(walsh)


@pytest.mark.parametrize(("n", "m", "cut"), [(4, 4, 0), (5, 5, 2), (5, 8, 6), (10, 10, 23)])
def test_other_seeds_agree_with_the_tables(n: int, m: int, cut: int):
    """The bounds are the differences that the tables of Mann and Whitney name."""
    draw = np.random.default_rng(n)
    ours, theirs = draw.normal(size=n), draw.normal(size=m)
    differences = np.sort((ours[:, None] - theirs).ravel())
    found = unpaired(ours, theirs)
    assert (found.lower, found.upper) == (differences[cut], differences[-1 - cut])


def test_too_few_have_no_bounds():
    """Five pairs cannot exclude anything with 95% confidence, nor can three of each."""
    assert paired(np.arange(5.0)).lower is None
    assert unpaired(np.arange(3.0), np.arange(3.0)).upper is None


def test_bounds_exclude_what_the_test_rejects():
    """Moved to either bound, just beyond it the test rejects and just within it does not."""
    values = np.random.default_rng(3).normal(size=12)
    found = paired(values)
    assert wilcoxon(values - found.lower + 1e-9).pvalue < 0.05
    assert wilcoxon(values - found.lower - 1e-9).pvalue >= 0.05 - 0.03
    ours, theirs = values[:6], values[6:]
    other = unpaired(ours, theirs)
    assert mannwhitneyu(ours - other.lower + 1e-9, theirs).pvalue < 0.05


def test_many_values_go_over_into_the_normal_law():
    """Where the exact law is no longer counted out, the interval covers as it should."""
    draw = np.random.default_rng(5)
    found = [paired(draw.normal(size=80)) for _ in range(200)]
    missed = sum(one.lower > 0 or one.upper < 0 for one in found)
    assert missed <= 20
    assert all(math.isfinite(one.lower) for one in found)


def test_nothing_has_no_effect():
    """Without a value there is nothing to say."""
    for call in (lambda: paired(np.array([])), lambda: unpaired(np.array([]), np.ones(2))):
        with pytest.raises(ValueError, match="an effect takes"):
            call()
