"""What holds of factors whatever the builds are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualify.stats.fixed import paired, unpaired
from qualify.stats.partition import apart, explained

GROUPS = st.lists(st.integers(0, 2), min_size=3, max_size=7).filter(lambda of: len(set(of)) > 1)
SEEDS = st.integers(0, 2**16)
VALUES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12).map(np.array)


def numbered(groups: list[int]) -> list[int]:
    names: dict[int, int] = {}
    return [names.setdefault(one, len(names)) for one in groups]


def shares(values: np.ndarray, groups: list[int]) -> tuple[float, float | None, float]:
    found = explained(apart(values), numbered(groups), np.random.default_rng(0))
    return found.share, found.adjusted, found.p_value


@given(GROUPS, SEEDS)
def test_aliased_factors_tie(groups: list[int], seed: int):
    """Other names for the same division explain exactly as much."""
    values = np.random.default_rng(seed).normal(size=(len(groups), 2))
    renamed = [{0: 7, 1: 3, 2: 5}[one] for one in groups]
    assert shares(values, groups) == shares(values, renamed)


@given(GROUPS, SEEDS)
def test_the_order_of_the_builds_does_not_matter(groups: list[int], seed: int):
    """Builds that are named in another order give the same shares and p-values."""
    draw = np.random.default_rng(seed)
    values, order = draw.normal(size=(len(groups), 2)), draw.permutation(len(groups))
    moved = shares(values[order], [groups[at] for at in order])
    assert moved == pytest.approx(shares(values, groups), abs=1e-9, nan_ok=True)


@given(GROUPS, SEEDS)
def test_a_share_is_a_share(groups: list[int], seed: int):
    """From 0 to 1, with a p-value that is never 0; taking off chance only lowers it."""
    share, adjusted, p = shares(np.random.default_rng(seed).normal(size=(len(groups), 1)), groups)
    assert -1e-9 <= share <= 1 + 1e-9
    assert 0 < p <= 1
    assert adjusted is None or adjusted <= share + 1e-9


@given(VALUES, st.floats(-10, 10))
def test_an_effect_moves_with_its_values(values: np.ndarray, by: float):
    """A loss that is added to every difference is added to the estimate and its bounds."""
    found, moved = paired(values), paired(values + by)
    assert moved.estimate == pytest.approx(found.estimate + by, abs=1e-6)
    for before, after in ((found.lower, moved.lower), (found.upper, moved.upper)):
        assert after == (None if before is None else pytest.approx(before + by, abs=1e-6))


@given(VALUES, VALUES)
def test_an_effect_turns_with_its_builds(ours: np.ndarray, theirs: np.ndarray):
    """The first build against the second is the second against the first, turned round."""
    found, turned = unpaired(ours, theirs), unpaired(theirs, ours)
    assert turned.estimate == pytest.approx(-found.estimate)
    if found.lower is not None:
        assert (turned.lower, turned.upper) == (-found.upper, -found.lower)
