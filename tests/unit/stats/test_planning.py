"""What a design costs and finds."""

from __future__ import annotations

import numpy as np
import pytest

from qualify.stats.limits import UncalibratedError
from qualify.stats.planning import (
    MOST,
    baseline_needed,
    calibrated,
    detectable,
    expected_trainings,
    further_trainings,
    operating,
    operating_at,
)
from qualify.stats.rank_sprt import PASSED, REGRESSED, evidence_paths, readings

ALPHA, BETA = 0.05 / 200, 0.05
USUAL = calibrated(50, 30, 1.0, ALPHA, BETA)


def test_unchanged_cells_pass_and_losses_of_the_margin_rarely_do():
    """At no shift nearly all pass, at the design effect at most 5%, at twice that none."""
    found = operating(USUAL)
    assert [o.shift for o in found] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert found[0].passed > 0.95
    assert found[2].passed <= BETA + 0.015
    assert (found[0].regressed, found[4].passed) == pytest.approx((0.0, 0.0), abs=0.002)
    assert all(o.passed + o.regressed <= 1.0 for o in found)
    assert [o.regressed for o in found] == sorted(o.regressed for o in found)
    assert found[0].trainings < found[1].trainings > found[4].trainings


def test_the_same_question_has_the_same_answer():
    """Simulations are seeded."""
    again = operating_at.__wrapped__(USUAL, 0.5)
    assert again == operating_at(USUAL, 0.5)


def test_identical_predictions_save_trainings():
    """At an A/A rate of 0.88 an unchanged cell takes 2.4 trainings, at 1 exactly two."""
    rates = (0.0, 0.3, 0.88, 1.0)
    means = [expected_trainings(50, 30, 1.0, ALPHA, BETA, identity_rate=r) for r in rates]
    assert means == sorted(means, reverse=True)
    assert means[0] == pytest.approx(operating_at(USUAL, 0.0).trainings)
    assert means[2] == pytest.approx(2.4, abs=0.1)
    assert means[3] == pytest.approx(2.0, abs=0.05)


def test_more_trainings_detect_less():
    """What can be detected falls with n, and nothing can be from one or two."""
    found = [detectable(USUAL, n) for n in (4, 6, 10, 20, 30)]
    shifts = [shift for shift in found if shift is not None]
    assert shifts == sorted(shifts, reverse=True)
    assert len(shifts) == 5
    assert [detectable(USUAL, n) for n in (0, 1, 2)] == [None, None, None]


def test_what_is_detectable_is_detected():
    """At the shift that thirty trainings find with 80%, the design finds 80%."""
    shift = detectable(USUAL, 30)
    assert shift is not None
    assert operating_at(USUAL, round(shift, 3)).regressed == pytest.approx(0.8, abs=0.03)


def test_a_larger_wish_needs_a_larger_baseline():
    """Larger losses need fewer replicates; what no calibrated number finds is None."""
    large = baseline_needed(1.4, 30, ALPHA, BETA)
    small = baseline_needed(1.0, 30, ALPHA, BETA)
    assert large is not None
    assert small is not None
    assert large < small
    assert operating_at(calibrated(small, 30, 1.0, ALPHA, BETA), 1.0).regressed >= 0.8
    assert baseline_needed(0.5, 20, ALPHA, BETA) is None


@pytest.mark.parametrize("place", [5, 25, 38, 50])
def test_the_further_trainings_decide(place: int):
    """With as many more of the same places the cell is decided, and not before."""
    seen = [place] * 2
    more = further_trainings(seen, USUAL)
    assert more is not None
    path = evidence_paths(np.array([place] * (2 + more), dtype=np.int16), 50, 1.0)
    if 2 + more <= USUAL.cap:
        answer, at = readings(path, USUAL)
        assert int(answer) in {PASSED, REGRESSED}
        assert int(at) == 2 + more
    assert (path.worse[-1] >= USUAL.reject) or (path.within[-1] <= USUAL.accept)


def test_a_decided_cell_takes_no_more():
    """Four candidates in the best gap have passed."""
    assert further_trainings([0, 0, 0, 0], USUAL) == 0


def test_what_never_ends_is_none():
    """A mean halfway between nothing and the margin decides neither way; nor does no training."""
    assert further_trainings([], USUAL) is None
    middle = [int(np.searchsorted(np.linspace(0.0, 1.0, 51), 0.69))] * 6
    answer = further_trainings(middle, USUAL)
    assert answer is None or 50 < answer <= MOST


def test_levels_and_effects_fall_to_the_safe_side():
    """A share between levels uses the stricter one, an effect the smaller calibrated one."""
    between = calibrated(50, 30, 1.05, 1.1 * ALPHA, 0.0555)
    assert between.delta == 1.0
    assert between.alpha == pytest.approx(ALPHA)
    assert between.beta <= 0.0555


def test_what_is_not_calibrated_is_refused():
    """Other numbers of replicates, and effects below the least, raise; so do other counts."""
    with pytest.raises(UncalibratedError):
        calibrated(51, 30, 1.0, ALPHA, BETA)
    with pytest.raises(UncalibratedError, match="design effect"):
        calibrated(50, 30, 0.4, ALPHA, BETA)
    with pytest.raises(ValueError, match="up to 30 trainings, not 31"):
        detectable(USUAL, 31)
