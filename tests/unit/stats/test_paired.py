"""The paired test at one look."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from qualify.stats.paired import paired_test, tail_probabilities

LOSSES = (0.012, -0.004, 0.021, 0.008, 0.015, -0.001)


def test_the_p_values_are_those_of_students_test() -> None:
    """All three p-values agree with scipy's one-sample t-test."""
    test = paired_test(LOSSES, 0.02, 0.025)
    assert test.p_worse == pytest.approx(ttest_1samp(LOSSES, 0, alternative="greater").pvalue)
    assert test.p_better == pytest.approx(ttest_1samp(LOSSES, 0, alternative="less").pvalue)
    assert test.p_margin == pytest.approx(ttest_1samp(LOSSES, 0.02, alternative="less").pvalue)


def test_the_interval_belongs_to_the_p_values() -> None:
    """The interval is Student's at the level of each end."""
    expected = ttest_1samp(LOSSES, 0).confidence_interval(0.95)
    assert paired_test(LOSSES, 0.02, 0.025).interval == pytest.approx((expected.low, expected.high))


def test_no_difference_at_all_is_surely_within_any_margin() -> None:
    """Bit-identical values show that nothing changed."""
    test = paired_test((0.0, 0.0, 0.0), 0.02, 1e-9)
    assert (test.p_worse, test.p_better, test.p_margin) == (1.0, 1.0, 0.0)
    assert test.interval == (0.0, 0.0)


def test_rounding_is_no_difference() -> None:
    """Differences of a few ulps count as none."""
    assert paired_test((1e-16, -1e-16, 2e-16), 0.02, 1e-9).p_margin == 0.0


def test_zero_losses_do_not_beat_a_margin_of_zero() -> None:
    """Equality is not better than a margin of zero."""
    assert paired_test((0.0, 0.0, 0.0), 0.0, 0.05).p_margin == 1.0


@pytest.mark.parametrize("losses", [(0.01,) * 3, (0.95 - 0.94, 0.97 - 0.96, 0.47 - 0.46)])
def test_a_constant_loss_is_not_certain_after_three_pairs(losses: tuple[float, ...]) -> None:
    """A coarse metric's equal differences, rounded or not, are judged by the sign test."""
    test = paired_test(losses, 0.02, 0.001)
    assert (test.p_worse, test.p_better, test.p_margin) == (0.125, 1.0, 0.125)
    assert test.interval is None


def test_a_constant_loss_convinces_in_time() -> None:
    """Twenty equal losses are one in a million."""
    test = paired_test((0.01,) * 20, 0.005, 0.001)
    assert test.p_worse == pytest.approx(2**-20)
    assert test.p_margin == 1.0
    assert test.interval == pytest.approx((0.01, 0.01))


def test_a_level_of_zero_has_no_interval() -> None:
    """A look that cannot reject has no finite bound to show."""
    assert paired_test(LOSSES, 0.02, 0.0).interval is None


def test_arrays_and_scalars_agree() -> None:
    """The vectorised p-values are those of each row."""
    rows = np.random.default_rng(3).normal(0.01, 0.02, (5, 8))
    tails = tail_probabilities(rows.mean(axis=1), rows.std(axis=1, ddof=1), 8, 0.02)
    for row, *values in zip(rows, *tails, strict=True):
        test = paired_test(tuple(row), 0.02, 0.05)
        assert (test.p_worse, test.p_better, test.p_margin) == pytest.approx(values)


@pytest.mark.parametrize("losses", [(), (0.1,), (0.1, math.nan), (0.1, math.inf)])
def test_what_cannot_be_tested_is_refused(losses: tuple[float, ...]) -> None:
    """Fewer than two losses, or losses that are not finite, raise ValueError."""
    with pytest.raises(ValueError, match="at least two finite"):
        paired_test(losses, 0.02, 0.05)
