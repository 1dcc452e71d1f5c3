"""Laws of variance components."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.stats.components import MeanSquare, excess, mean_square, rate, shares

values = st.lists(st.floats(-1, 1).map(lambda x: round(x, 6)), min_size=2, max_size=12)
squares = st.builds(
    MeanSquare, st.floats(0, 10).map(lambda x: round(x, 6)), st.integers(min_value=1, max_value=30)
)


@given(squares, squares)
def test_a_component_lies_in_its_interval(arm: MeanSquare, residual: MeanSquare) -> None:
    """An estimate is never negative and lies between its ends, up to rounding."""
    found = excess(arm, residual)
    low, high = found.interval
    assert 0.0 <= low <= found.value + 1e-9
    assert found.value <= high + 1e-9


@given(squares, squares, st.floats(1e-3, 1e3))
def test_components_have_the_units_of_the_values(
    arm: MeanSquare, residual: MeanSquare, factor: float
) -> None:
    """Values in another unit give the same components in that unit."""
    found = excess(arm, residual)
    scaled = excess(*(MeanSquare(s.value * factor, s.df) for s in (arm, residual)))
    expected = [factor * x for x in (found.value, *found.interval)]
    assert [scaled.value, *scaled.interval] == pytest.approx(expected, rel=1e-6, abs=1e-6 * factor)


@given(squares, squares)
def test_a_noisier_residual_explains_more(arm: MeanSquare, residual: MeanSquare) -> None:
    """What plain repeats spread more, an arm adds less."""
    noisier = MeanSquare(residual.value + 1.0, residual.df)
    assert excess(arm, noisier).value <= excess(arm, residual).value


@settings(max_examples=25)
@given(st.lists(squares, min_size=1, max_size=4), squares)
def test_shares_are_shares(arms: list[MeanSquare], residual: MeanSquare) -> None:
    """The shares of all sources add up to one, and every interval lies between 0 and 1."""
    found = shares(arms, residual, np.random.default_rng(1))
    if found is None:
        assert residual.value == 0.0
        return
    assert len(found) == len(arms) + 1
    assert sum(share.value for share in found) == pytest.approx(1.0)
    assert all(0.0 <= s.interval[0] <= s.interval[1] <= 1.0 for s in found)


@given(values, st.floats(-5, 5), st.randoms(use_true_random=False))
def test_a_mean_square_knows_neither_level_nor_order(values, shift, random) -> None:
    """Only the differences between values count."""
    moved = [v + shift for v in random.sample(values, len(values))]
    assert mean_square(moved).value == pytest.approx(mean_square(values).value, abs=1e-9)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_lies_in_its_interval(counted: tuple[int, int]) -> None:
    """Exact bounds enclose the observed rate."""
    found = rate(*counted)
    assert found.interval[0] <= found.value <= found.interval[1]
