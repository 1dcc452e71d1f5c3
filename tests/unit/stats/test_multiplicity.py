"""The false discovery rate, as a second opinion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qualify.stats.multiplicity import benjamini_hochberg, e_bh, e_values

# The 15 p-values of Benjamini & Hochberg (1995), section 4.1, of which theirs rejects four at 5%.
PUBLISHED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def test_benjamini_and_hochbergs_example_comes_out():
    """Of the fifteen published p-values four are rejected at 5%."""
    assert (benjamini_hochberg(PUBLISHED) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_the_calibrator_is_known():
    """A p of 1 / 400 is an e of 10, a p of 1 of one half, and a p of 0 certain."""
    assert e_values([1 / 400, 1.0, 0.0]).tolist() == pytest.approx([10.0, 0.5, math.inf])


def test_the_calibrator_is_fair():
    """The mean e-value of uniform p-values is 1: the midpoint rule comes close from below."""
    middles = (np.arange(1_000_000) + 0.5) / 1_000_000
    assert e_values(middles).mean() == pytest.approx(1.0, abs=1e-3)
    assert e_values(middles, 0.8).mean() == pytest.approx(1.0, abs=1e-3)


def test_e_bh_takes_the_largest_number_that_holds():
    """With K = 4 at level 0.5, k e-values must reach 8 / k: the third makes up for the second."""
    assert e_bh([3.0, 2.7, 0.1, 3.5], 0.5).tolist() == [True, True, False, True]
    assert e_bh([3.0, 2.6, 0.1, 3.5], 0.5).tolist() == [False] * 4


def test_certainty_is_rejected_and_nothing_is_nothing():
    """An infinite e-value is rejected at any level; without tests there is no rejection."""
    assert e_bh([math.inf, 1.0], 1e-9).tolist() == [True, False]
    assert e_bh([], 0.05).tolist() == []
    assert benjamini_hochberg([]).tolist() == []


@pytest.mark.parametrize("wrong", [[-0.1], [1.1], [math.nan], [[0.1, 0.2]], 0.1])
def test_what_is_no_p_value_is_refused(wrong):
    """Numbers outside [0, 1], NaN and tables raise ValueError."""
    for view in (benjamini_hochberg, e_values):
        with pytest.raises(ValueError, match="p-values lie between 0 and 1"):
            view(wrong)


def test_what_is_no_e_value_is_refused():
    """Negative e-values, a level of 1 and a kappa of 1 raise ValueError."""
    with pytest.raises(ValueError, match="e-values lie between 0 and inf"):
        e_bh([-1.0], 0.05)
    with pytest.raises(ValueError, match="level must lie"):
        e_bh([1.0], 1.0)
    with pytest.raises(ValueError, match="kappa must lie"):
        e_values([0.5], 1.0)
