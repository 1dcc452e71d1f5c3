"""Shares of distances between groups, against analysis of variance and by counting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f_oneway

from qualify.stats.partition import apart, explained, unlike


def generator() -> np.random.Generator:
    return np.random.default_rng(1)


def test_with_one_number_it_is_the_analysis_of_variance():
    """The share gives the F statistic of scipy."""
    values = generator().normal(size=(12, 1))
    groups = [0] * 5 + [1] * 4 + [2] * 3
    share = explained(apart(values), groups, generator()).share
    f = (share / 2) / ((1 - share) / 9)
    known = f_oneway(values[:5, 0], values[5:9, 0], values[9:, 0]).statistic
    assert f == pytest.approx(known)


def test_a_split_that_explains_everything_is_as_rare_as_it_is():
    """Four against four units: two of the seventy groupings divide them like that."""
    values = np.repeat([[0.0], [1.0]], 4, axis=0)
    found = explained(apart(values), [0] * 4 + [1] * 4, generator())
    assert (found.share, found.adjusted, found.p_value) == (1.0, 1.0, 2 / 70)


def test_units_of_their_own_explain_nothing():
    """A group for every unit has no adjusted share, and nothing speaks for it."""
    found = explained(apart(np.array([[0.0], [1.0], [5.0]])), [0, 1, 2], generator())
    assert (found.share, found.adjusted, found.p_value) == (1.0, None, 1.0)


def test_noise_is_explained_by_chance_alone():
    """Over many draws the adjusted share is 0 on average, and few p-values are small."""
    draw = generator()
    found = [
        explained(apart(draw.normal(size=(8, 3))), [0, 1] * 4, generator()) for _ in range(200)
    ]
    assert abs(np.mean([one.adjusted for one in found])) < 0.02
    assert sum(one.p_value <= 0.1 for one in found) <= 30


def test_many_units_are_drawn():
    """With more groupings than can be counted a sample of them is, and itself."""
    values = np.repeat([[0.0], [1.0]], 15, axis=0)
    found = explained(apart(values), [0] * 15 + [1] * 15, generator())
    assert found.p_value == 1 / 2000


def test_distances_are_those_of_shared_keys():
    """What one of two units lacks is left out; without any in common there is no distance."""
    codes = np.array([[1.0, 2.0, np.nan], [1.0, 3.0, 4.0], [np.nan, np.nan, 4.0]])
    found = unlike(codes)
    assert found[0, 1] == 0.5
    assert found[1, 2] == 0.0
    assert np.isnan(found[0, 2])


def test_what_cannot_be_divided_is_refused():
    """Unknown distances, a group too few, and units that are all the same."""
    for squared in (np.array([[0.0, np.nan], [np.nan, 0.0]]), np.zeros((2, 2))):
        with pytest.raises(ValueError, match=r"distance|differ"):
            explained(squared, [0, 1], generator())
    with pytest.raises(ValueError, match="every unit a group"):
        explained(np.ones((2, 2)), [0], generator())
