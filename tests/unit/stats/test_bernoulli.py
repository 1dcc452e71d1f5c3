"""The sequential test of failures."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom

from qualify.stats.bernoulli import (
    READINGS,
    Course,
    Limits,
    detectable,
    least_trainings,
    limits,
)
from qualify.stats.bernoulli_limits import boundaries, crossed, log_ratios
from qualify.stats.rates import Count, upper_bound

ALPHA, BETA = 0.01 / 200, 0.05  # the share of the failures in a release of 200 cells
RATES = np.sin(np.linspace(0.0, np.pi / 2.0, 2001)) ** 2


def usual(m: int = 50, cap: int = 30) -> Limits:
    return limits(m, cap, ALPHA, BETA)


def walk(test: Limits, path: tuple[int, ...], f: int, answers: set[str]) -> tuple[str, int]:
    """The first of `answers` that a path gets, and when; every training is looked at."""
    for n, k in enumerate(np.cumsum(path).tolist(), start=1):
        if (reading := test.reading(k, n, f)) in answers:
            return reading, n
    return "open", test.cap


def enumerated(test: Limits, answers: set[str], shift: float) -> np.ndarray:
    """The probability by rate of ever getting one of `answers`: all paths, all baselines."""
    total = np.zeros_like(RATES)
    q = np.minimum(RATES + shift, 1.0)
    for f, path in product(range(test.m + 1), product((0, 1), repeat=test.cap)):
        if walk(test, path, f, answers)[0] != "open":
            k = sum(path)
            total += binom.pmf(f, test.m, RATES) * q**k * (1 - q) ** (test.cap - k)
    return total


TINY = [(3, 5, 0.1, 0.3), (4, 6, 0.05, 0.2), (5, 5, 0.02, 0.3), (6, 7, 0.2, 0.25)]


@pytest.mark.parametrize(("m", "cap", "alpha", "beta"), TINY)
def test_the_error_of_failing_is_that_of_all_paths(m, cap, alpha, beta):
    """The stated alpha is the highest probability, over common rates, of ever being FAILED."""
    test = limits(m, cap, alpha, beta)
    worst = enumerated(test, {"failed"}, 0.0).max()
    assert test.boundaries.alpha == pytest.approx(worst, rel=1e-4)
    assert 0.0 < worst <= alpha


@pytest.mark.parametrize(("m", "cap", "alpha", "beta"), TINY)
def test_the_error_of_passing_is_that_of_all_paths(m, cap, alpha, beta):
    """The stated beta is the highest probability of ever passing with the margin too many."""
    test = limits(m, cap, alpha, beta)
    possible = enumerated(test, {"passed", "flaky"}, test.margin)[RATES + test.margin <= 1.0]
    assert test.boundaries.beta == pytest.approx(possible.max(), rel=1e-4)
    assert 0.0 < possible.max() <= beta


def error(marks: np.ndarray, m: int, cap: int, shift: float) -> float:
    """The highest probability to meet a mark, with the candidate `shift` above the baseline."""
    p = RATES[RATES + shift <= 1.0]
    f, k = np.arange(marks.shape[1])[:, None], np.arange(cap + 1)[:, None]
    paths = crossed(marks) @ ((p + shift) ** k * (1.0 - p - shift) ** (cap - k))
    return float((binom.pmf(f, m, p) * paths).sum(axis=0).max())


@pytest.mark.parametrize(("m", "cap", "alpha", "beta"), [*TINY, (50, 30, ALPHA, BETA)])
def test_no_laxer_limit_keeps_the_errors(m, cap, alpha, beta):
    """The next level of the statistic exceeds the error, on either side."""
    found = boundaries(m, cap, alpha, beta, 0.3)
    ratio = np.round(log_ratios(m, cap, 0.3), 9)
    ratio[0] = np.nan
    assert error(ratio >= ratio[ratio < found.upper].max(), m, cap, 0.0) > alpha
    assert error(ratio <= ratio[ratio > found.lower].min(), m, cap, 0.3) > beta


def test_paths_are_counted():
    """The recursion counts the same paths as writing them all down does."""
    marks = np.random.default_rng(7).random((7, 2, 7)) < 0.2
    expected = np.zeros((2, 7))
    for f, path in product(range(2), product((0, 1), repeat=6)):
        at = np.cumsum(path)
        expected[f, sum(path)] += any(marks[n + 1, f, at[n]] for n in range(6))
    assert np.array_equal(crossed(marks), expected)


@pytest.mark.parametrize(("n", "f", "k"), [(9, 0, 0), (9, 2, 4), (30, 0, 9), (12, 30, 12)])
def test_the_statistic_is_the_ratio_of_averages(n: int, f: int, k: int):
    """It agrees with numerical integration over Jeffreys' prior."""

    def average(shift: float) -> float:
        end = math.asin(math.sqrt(1.0 - shift))

        def likelihood(angle: float) -> float:
            p = math.sin(angle) ** 2
            q = p + shift
            return p**f * (1 - p) ** (50 - f) * q**k * (1 - q) ** (n - k)

        return quad(likelihood, 0.0, end, epsabs=0.0, epsrel=1e-10, limit=500)[0] / end

    expected = math.log(average(0.3) / average(0.0))
    assert log_ratios(50, 30, 0.3)[n, f, k] == pytest.approx(expected, rel=1e-7)


def test_a_clean_candidate_passes_near_the_bound():
    """Nine clean trainings pass, 1.07 times Wald's bound for a known baseline."""
    course = usual().course(0.0, 0.0)
    assert course == Course(0.0, 1.0, 0.0, 9.0)
    assert course.trainings <= 1.1 * least_trainings(BETA)


@pytest.mark.parametrize(("m", "cap"), [(20, 30), (50, 20), (50, 30), (50, 60), (200, 60)])
def test_thirty_points_more_never_end_flaky_on_a_clean_baseline(m: int, cap: int):
    """They pass in at most 5% and are flaky with probability zero."""
    course = usual(m, cap).course(0.0, 0.3)
    assert course.passed <= BETA
    assert course.flaky == 0.0


def test_thirty_points_more_are_mostly_found():
    """At the strictness of a release of 200 cells, thirty trainings fail six of ten."""
    assert usual().course(0.0, 0.3).failed > 0.6
    assert usual(200, 60).course(0.0, 0.3).failed > 0.95


def test_no_simulated_candidate_with_thirty_points_more_ends_flaky():
    """Of 10,000 against a clean baseline none does, and at most 5% pass."""
    test = usual()
    failures = (np.random.default_rng(3).random((10_000, 30)) < 0.3).cumsum(axis=1)
    codes = test.readings(failures, np.arange(1, 31), 0)
    assert not (codes == READINGS.index("flaky")).any()
    assert (codes == READINGS.index("passed")).any(axis=1).mean() <= BETA


def test_a_crasher_fails_at_once():
    """A candidate that always fails needs four trainings."""
    course = usual().course(0.0, 1.0)
    assert course.failed == pytest.approx(1.0)
    assert course.trainings == pytest.approx(4.0)


def test_the_course_is_that_of_all_paths():
    """Probabilities and mean trainings agree with writing all paths down."""
    test = limits(4, 6, 0.05, 0.2)
    expected = dict.fromkeys(READINGS, 0.0)
    trainings = 0.0
    for f, path in product(range(5), product((0, 1), repeat=6)):
        k = sum(path)
        weight = binom.pmf(f, 4, 0.2) * 0.35**k * 0.65 ** (6 - k)
        answer, n = walk(test, path, f, {"failed", "passed", "flaky"})
        expected[answer] += weight
        trainings += weight * n
    course = test.course(0.2, 0.35)
    ends = (course.open, course.failed, course.passed, course.flaky)
    assert ends == pytest.approx(tuple(expected[r] for r in READINGS), abs=1e-12)
    assert course.trainings == pytest.approx(trainings)


def test_failures_on_both_sides_are_flaky_once_passed():
    """The same count passes against a clean baseline, where it is no rate of the baseline's own."""
    test = usual()
    assert test.reading(0, 9, 2) == "passed"
    assert test.reading(1, 30, 2) == "flaky"
    assert test.reading(1, 30, 0) == "passed"
    assert test.reading(1, 9, 0) == "open"
    assert test.reading(9, 30, 0) == "failed"


def test_a_baseline_without_room_decides_nothing():
    """Seventy per cent of failures leave no thirty points above them."""
    test = usual()
    assert {test.reading(k, 30, f) for k in range(31) for f in range(35, 51)} == {"open"}


def test_nothing_trained_is_open():
    """Without a training there is no answer."""
    assert {usual().reading(0, 0, f) for f in range(51)} == {"open"}


def test_too_short_a_cap_passes_nothing_clean():
    """Eight clean trainings do not exclude thirty points at 5%, and seven of them say so."""
    assert limits(50, 8, ALPHA, BETA).further(0, 7, 0) is None
    assert detectable(8, BETA) > 0.3 > detectable(9, BETA)


def test_what_it_would_take_is_counted():
    """Clean trainings to a pass: none where it is one, none known where it is out of reach."""
    test = usual()
    assert test.further(0, 0, 0) == 9
    assert test.further(0, 12, 0) == 0
    assert test.reading(1, 12 + (test.further(1, 12, 0) or 0), 0) == "passed"
    assert test.further(4, 5, 0) is None
    assert test.further(6, 25, 0) is None


def test_errors_that_cannot_be_kept_leave_the_cell_open():
    """Where no count is convincing enough, nothing is ever decided."""
    test = limits(1, 2, 1e-9, 1e-9)
    assert {test.reading(k, n, f) for n in (1, 2) for k in range(n + 1) for f in (0, 1)} == {"open"}
    assert (test.boundaries.alpha, test.boundaries.beta) == (0.0, 0.0)


def test_limits_are_computed_once():
    """The same question is answered from memory, and nobody can change the answer."""
    assert usual() is usual()
    with pytest.raises(ValueError, match="read-only"):
        usual().boundaries.fail[0, 5] = 1


@pytest.mark.parametrize("total", [1, 9, 30, 300])
def test_what_clean_trainings_exclude_is_exact(total: int):
    """It is the upper bound of Clopper and Pearson."""
    assert detectable(total, BETA) == pytest.approx(upper_bound(Count(0, total), 1.0 - BETA))


def test_the_bound_is_walds():
    """For a clean baseline it is log 20 / -log 0.7; a known rate of failures costs more."""
    assert least_trainings(0.05) == pytest.approx(math.log(20) / -math.log(0.7))
    assert least_trainings(0.05, 0.1) > least_trainings(0.05)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"m": 0}, "not 0 and 30"),
        ({"cap": 0}, "not 50 and 0"),
        ({"m": 501}, "1 to 500"),
        ({"alpha": 0.0}, "alpha must lie between 0 and 1"),
        ({"beta": 1.0}, "beta must lie"),
        ({"alpha": math.nan}, "not nan"),
        ({"margin": 1.0}, "margin must lie"),
    ],
)
def test_impossible_designs_are_refused(wrong: dict[str, float], message: str):
    """Errors outside (0, 1) and tables beyond the range raise ValueError."""
    with pytest.raises(ValueError, match=message):
        limits(**({"m": 50, "cap": 30, "alpha": ALPHA, "beta": BETA} | wrong))


@pytest.mark.parametrize(("k", "n", "f"), [(2, 1, 0), (-1, 1, 0), (0, 31, 0), (0, 1, 51)])
def test_impossible_counts_are_refused(k: int, n: int, f: int):
    """More failures than trainings, or more trainings than the cap, raise ValueError."""
    with pytest.raises(ValueError, match="no counts"):
        usual().reading(k, n, f)


def test_no_training_excludes_nothing():
    """The question for zero trainings, and a margin beyond certainty, raise ValueError."""
    with pytest.raises(ValueError, match="no training"):
        detectable(0, 0.05)
    with pytest.raises(ValueError, match="rate \\+ margin"):
        least_trainings(0.05, 0.8)
