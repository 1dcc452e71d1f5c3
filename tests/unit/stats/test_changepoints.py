"""Steps in histories: published data, certain cases, what is missing."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from qualify.stats.changepoints import SURE, steps
from qualify.stats.levels import levels, noise

RNG_BUILDS = 60


def single(values: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One training a build."""
    mean = np.array(values)
    return mean, np.isfinite(mean).astype(float), np.full(mean.size, np.nan)


def replicated(
    shift: float, first: int, builds: int = RNG_BUILDS, n: int = 5, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Five Gaussian trainings a build, with an offset of 0.2 for each build."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((builds, n)) + 0.2 * rng.standard_normal((builds, 1))
    values[first:] += shift
    return values.mean(axis=1), np.full(builds, float(n)), values.std(axis=1, ddof=1)


def test_the_nile_fell_in_1899():
    """Cobb (1978): the flow at Aswan fell from 1098 to 850 after 1898, in one step and no other."""
    flow = sm.datasets.nile.load_pandas().data
    (step,) = steps(*single(flow["volume"].tolist()))
    years = flow["year"].to_numpy()
    assert years[step.build] == 1899
    assert years[step.oldest] <= 1899 <= years[step.newest]
    assert step.before == pytest.approx(1097.75, abs=20.0)
    assert step.after == pytest.approx(849.97, abs=20.0)
    assert step.bounds[0] < -247.8 < step.bounds[1]
    assert step.confidence > 0.95


def test_a_step_is_named_with_its_size():
    """Two standard deviations at build 30 of 60 are found there, and the bounds hold them."""
    (step,) = steps(*replicated(2.0, 30))
    assert step.build == 30
    assert step.bounds[0] < 2.0 < step.bounds[1]
    assert step.after - step.before == pytest.approx(step.shift)


def test_several_steps_are_told_apart():
    """Up at build 20 and down again at build 23 are two steps of opposite signs."""
    mean, n, sd = replicated(4.0, 20)
    mean[23:] -= 4.0
    found = steps(mean, n, sd)
    assert [(s.build, s.shift > 0.0) for s in found] == [(20, True), (23, False)]


def test_a_quiet_history_has_no_step():
    """Noise and the usual offset of builds raise no alarm."""
    assert steps(*replicated(0.0, 30)) == ()


def test_repeated_values_make_a_sure_step():
    """Bit-identical builds, then another constant: sure, at once, and nothing is divided by 0."""
    for after in (10, 1):
        found = steps(
            np.array([0.5] * 10 + [0.6] * after), np.full(10 + after, 3.0), np.zeros(10 + after)
        )
        assert [s.build for s in found] == [10]
        assert found[0].confidence > 0.99
        assert found[0].shift == pytest.approx(0.1, abs=0.01)


def test_a_small_step_is_seen_beside_a_large_one():
    """Where builds repeat themselves, a step of a ten-thousandth is as sure as one of eight."""
    values = [0.1] * 5 + [0.1001] * 5 + [0.9] * 5
    found = steps(np.array(values), np.full(15, 3.0), np.zeros(15))
    assert [s.build for s in found] == [5, 10]
    assert found[0].shift == pytest.approx(0.0001, rel=0.2)


@pytest.mark.parametrize(
    "values", [[], [0.5], [0.5] * 9, [0.1 + 0.2, 0.3] * 5, [np.nan] * 5, [np.nan, 1.0, np.nan]]
)
def test_nothing_to_see(values):
    """Too few builds, equal values, and what arithmetic makes of equal values are no steps."""
    assert steps(*single(values)) == ()


def test_missing_builds_share_the_step():
    """Where the builds before the first bad one say nothing, each may have introduced it."""
    mean, n, sd = replicated(3.0, 30)
    mean[27:30], n[27:30] = np.nan, 0.0
    (step,) = steps(mean, n, sd)
    assert (step.oldest, step.newest) == (27, 30)
    assert step.posterior == pytest.approx([step.confidence / 4.0] * 4, abs=0.02)


def test_one_odd_build_is_no_step():
    """A build that stands alone is taken for a bad day, also among bit-identical ones."""
    mean, n, sd = replicated(0.0, 30)
    mean[30] += 5.0
    assert steps(mean, n, sd) == ()
    same = np.full(40, 0.5)
    same[20] = 0.6
    assert steps(same, np.full(40, 3.0), np.zeros(40)) == ()


def test_offsets_of_builds_are_learnt():
    """Where builds differ far more than their trainings explain, their own noise is believed."""
    rng = np.random.default_rng(1)
    mean = rng.standard_normal(60)
    assert steps(mean, np.full(60, 30.0), np.full(60, 0.1)) == ()


def test_certainty_is_a_choice():
    """A weak step is reported to whoever asks for less certainty."""
    history = replicated(0.5, 30, seed=3)
    confidences = [s.confidence for s in steps(*history, sure=0.05)]
    assert confidences
    assert all(0.05 <= c <= 1.0 for c in confidences)
    assert len(steps(*history)) == sum(c >= SURE for c in confidences)


def test_arrays_of_different_lengths_are_refused():
    """Three builds with means and two with counts are no history."""
    with pytest.raises(ValueError, match="no history"):
        steps(np.zeros(3), np.ones(2), np.zeros(3))


def test_the_posterior_is_that_of_enumeration():
    """Forward and backward passes give what summing over all histories of jumps gives."""
    mean, n, sd = np.array([0.0, 0.3, 2.0, 2.2]), np.full(4, 2.0), np.full(4, 0.5)
    found = levels(mean, n, sd)
    jumps, k = 0.01, found.likelihood.shape[2]
    total, at, none = 0.0, np.zeros(4), 0.0
    weights = noise(mean, n, sd).weights
    for pattern in np.ndindex(2, 2, 2):
        prior = np.prod([jumps if j else 1.0 - jumps for j in pattern])
        ends = [0, *(i + 1 for i, j in enumerate(pattern) if j), 4]
        runs = [found.likelihood[a:b].prod(axis=0).sum(axis=1) / k for a, b in zip(ends, ends[1:])]  # noqa: B905, RUF007
        mass = float(prior * (weights * np.prod(runs, axis=0)).sum())
        total += mass
        at[1:] += mass * np.array(pattern)
        none += mass * (not any(pattern[1:]))
    assert found.jumps() == pytest.approx(at / total)
    assert found.any_jump(2, 3) == pytest.approx(1.0 - none / total)
