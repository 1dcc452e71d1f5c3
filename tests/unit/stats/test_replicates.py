"""Builds with replicates: outliers, common seeds, different numbers of trainings."""

from __future__ import annotations

import numpy as np
import pytest

from qualify.stats.changepoints import steps
from qualify.stats.replicates import summaries


def unequal(seeds: np.ndarray, builds: int = 40) -> np.ndarray:
    """Builds that stop after 2, 3, 8 or all of the same seeds."""
    rng = np.random.default_rng(0)
    values = np.full((builds, seeds.size), np.nan)
    for build in range(builds):
        count = rng.choice([2, 3, 8, seeds.size])
        values[build, :count] = seeds[:count]
    return values


def test_builds_are_compared_at_the_same_seeds():
    """Bit-identical builds are equal however many seeds they trained, and a change is none more."""
    values = unequal(3.0 * np.random.default_rng(1).standard_normal(30))
    assert np.ptp(np.nanmean(values, axis=1)) > 1.0
    mean, _, sd = summaries(values)
    assert np.ptp(mean) < 1e-3
    assert sd.max() < 1e-3
    values[25:] += 0.01
    (step,) = steps(*summaries(values))
    assert step.build == 25
    assert step.shift == pytest.approx(0.01, rel=0.01)


def test_a_build_is_worth_no_more_than_it_trained():
    """Few common seeds tell little of a build, and seeds of its own little more."""
    rng = np.random.default_rng(2)
    values = unequal(3.0 * rng.standard_normal(30)) + rng.standard_normal((40, 30))
    _, n, _ = summaries(values)
    assert (n <= np.isfinite(values).sum(axis=1)).all()
    assert (n > 1.5).all()


def test_outliers_hardly_move_a_build():
    """One training of a hundred noises moves its build by less than one."""
    values = np.random.default_rng(3).standard_normal((30, 5))
    calm = summaries(values)[0]
    values[7, 2] += 100.0
    assert abs(summaries(values)[0][7] - calm[7]) < 1.0


def test_without_outliers_it_is_nearly_the_mean():
    """Gaussian trainings with seeds of their own are averaged, with their spread."""
    values = np.full((30, 150), np.nan)
    draws = np.random.default_rng(4).standard_normal((30, 5))
    for build, drawn in enumerate(draws):
        values[build, 5 * build : 5 * build + 5] = drawn
    mean, n, sd = summaries(values)
    assert np.abs(mean - draws.mean(axis=1)).max() < 0.6
    assert (n == 5.0).all()
    assert sd[0] == pytest.approx(1.0, abs=0.2)


def test_builds_without_values_stay_empty():
    """A missing build has no mean and is worth nothing; a history of nothing has none at all."""
    values = np.array([[1.0, 2.0], [np.nan, np.nan], [1.0, 2.0]])
    mean, n, sd = summaries(values)
    assert np.isnan(mean).tolist() == [False, True, False]
    assert n[1] == 0.0
    assert np.isnan(sd[1])
    assert np.isnan(summaries(np.full((3, 0), np.nan))[0]).all()


def test_single_trainings_tell_no_spread():
    """One training a build, of one seed: the means are the values, their noise is not known."""
    mean, n, sd = summaries(np.array([[1.0], [3.0], [2.0]]))
    assert mean.tolist() == [1.0, 3.0, 2.0]
    assert (n == 1.0).all()
    assert np.isnan(sd).all()
