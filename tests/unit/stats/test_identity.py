"""Bit-identical predictions as evidence."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import hypergeom

from qualify.stats.identity import HARMLESS, LEVEL, Stratum, false_pass, fits, trainings
from qualify.stats.rates import Count

Cell = tuple[bool, ...]

MM, MNM, NMM = (True, True), (True, False, True), (False, True, True)
MNN, NMN, NNM, NNN = (
    (True, False, False),
    (False, True, False),
    (False, False, True),
    (False, False, False),
)


def drawn(rng: np.random.Generator, touched: int, rate: float, chance: float = 0.88) -> list[Cell]:
    """200 cells, of which `touched` match at `rate` and the others at `chance`."""
    rates = np.where(np.arange(200) < touched, rate, chance)
    return [tuple(row) for row in (rng.random((200, 3)) < rates[:, None]).tolist()]


def rejected(touched: int, rate: float, releases: int = 50) -> float:
    """The share of releases whose matches do not fit a record of 600 trainings."""
    rng = np.random.default_rng(touched)
    records = [Count(int(rng.binomial(600, 0.12)), 600) for _ in range(releases)]
    found = [fits([Stratum(drawn(rng, touched, rate), record)]) for record in records]
    return float(np.mean([not f.fits for f in found]))


@pytest.mark.parametrize(("rate", "expected"), [(0.03, 0.003), (0.3, 0.22), (0.0, 0.0), (1.0, 1.0)])
def test_the_error_of_the_rule_is_known(rate: float, expected: float):
    """Touched cells that match in 3% of their trainings pass in 0.3%, at 30% in 22%."""
    assert false_pass(rate) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.88])
def test_the_formulas_are_those_of_all_outcomes(rate: float):
    """Passing and the mean number of trainings agree with writing down all comparisons."""
    passed = mean = 0.0
    for cell in product((True, False), repeat=3):
        chance = math.prod(rate if match else 1.0 - rate for match in cell)
        passed += chance * (sum(cell) >= 2)
        mean += chance * (2 if all(cell[:2]) else 3 if sum(cell) == 2 else 7.6)
    assert false_pass(rate) == pytest.approx(passed)
    assert trainings(rate, 7.6) == pytest.approx(mean)


def test_an_untouched_cell_takes_two_or_three_trainings():
    """At an A/A rate of 0.88 it takes 2.4 on average, the test's 7.6 without a match included."""
    assert trainings(0.88, 7.6) == pytest.approx(2.4, abs=0.01)


@pytest.mark.parametrize("rate", [-0.1, 1.1, math.nan])
def test_what_is_no_rate_is_refused(rate: float):
    """A rate outside [0, 1] raises ValueError."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        false_pass(rate)


def test_a_release_of_untouched_cells_fits():
    """With 85% untouched, and touched cells that match never or at 3%, alarms stay rare."""
    assert rejected(30, 0.0) <= LEVEL
    assert rejected(30, HARMLESS) <= LEVEL
    assert rejected(120, HARMLESS) <= LEVEL


def test_matches_by_chance_do_not_fit():
    """Touched cells that match at 30% show: mostly where they are 15%, always where half."""
    assert rejected(30, 0.3) > 0.75
    assert rejected(100, 0.3) > 0.98


def test_cells_with_two_matches_at_once_say_nothing():
    """Two matches of two end the comparison, whatever a third would have been."""
    record = Count(12, 100)
    base = [MNM, NMM, MNN]
    plain = fits([Stratum(base, record)])
    assert fits([Stratum([*base, MM, MM], record)]) == plain
    assert fits([Stratum([*base, (*MM, False), (*MM, True)], record)]) == plain
    assert (plain.none, plain.single, plain.double) == (0, 1, 2)


def test_unfinished_cells_do_not_count_yet():
    """A cell whose third comparison is still to come is left out."""
    record = Count(12, 100)
    assert fits([Stratum([MNM, (True, False), (False,), ()], record)]) == fits(
        [Stratum([MNM], record)]
    )


def test_the_distribution_is_fishers():
    """With an odds ratio of 3 / 2 it is the hypergeometric tail, reweighed."""
    record, cells = Count(5, 20), [MNM, NMM, NMM, MNN, NMN, NNM]
    x = np.arange(7)
    weights = hypergeom.pmf(x, 26, 8, 6) * 1.5**x
    expected = weights[3:].sum() / weights.sum()
    found = fits([Stratum(cells, record)])
    assert found.p_value == pytest.approx(expected)
    assert found.expected == pytest.approx((weights @ x) / weights.sum())


def test_a_rate_of_its_own_for_each_canary():
    """Canaries that always match and others that match in 76% fit by their own records.

    Taken as one stratum, the same cells would look like touched ones.
    """
    rng = np.random.default_rng(6)
    rates = np.where(np.arange(200) % 2 == 0, 1.0, 0.76)
    own, one = 0, 0
    for _ in range(10):
        cells = [tuple(row) for row in (rng.random((200, 3)) < rates[:, None]).tolist()]
        differed = rng.binomial(10, 1.0 - rates).tolist()
        strata = [Stratum([c], Count(k, 10)) for c, k in zip(cells, differed, strict=True)]
        own += not fits(strata).fits
        one += not fits([Stratum(cells, Count(sum(differed), 2000))]).fits
    assert own <= 1
    assert one >= 4


def test_touched_cells_add_to_what_is_expected():
    """Many cells without any match explain a few with a single one."""
    record = Count(1, 100)
    alone = fits([Stratum([NMN, MNM], record)])
    among = fits([Stratum([NMN, MNM, *[NNN] * 60], record)])
    assert among.p_value > alone.p_value
    assert among.none == 60


def test_without_a_record_nothing_speaks_against_a_fit():
    """No comparison of the baseline with itself, or no cell, leaves the p-value at 1."""
    assert fits([]).p_value == 1.0
    assert fits([Stratum([MNN, NMN], Count(0, 0))]).fits
    assert fits([Stratum([], Count(3, 30))]).p_value == 1.0
