"""What a test costs and finds, looked up before anything is trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.attempt import Outcome
from qualify.core.baseline import Repeats, Replicate, Spread
from qualify.core.budget import ErrorBudget
from qualify.core.canary import Judged
from qualify.judging.evidence import Evidence
from qualify.judging.question import Question
from qualify.stats.limits import UncalibratedError
from qualify.verbs.planning.prospects import Prospect, Stored, designed, prospect, reaches
from tests.fakes import canary

LEVELS = ErrorBudget().levels(tests=20, cells=12)
JUDGED = Judged("log_loss", 0.02)


def stored(sd: float = 0.02, n: int = 50, *, correlation: float | None = None) -> Stored:
    """A record whose predictions repeat in nine of ten cases."""
    spread = Spread("wine", "log_loss", "nat", "lower", n, sd, correlation)
    return Stored("baseline", n, (spread,), Repeats("wine", 9, 10))


def ahead(record: Stored, cap: int = 30, margin: float = 0.02) -> Prospect:
    """The prospect of one metric."""
    judged = Judged("log_loss", margin)
    return prospect(canary(metrics=(judged,), cap=cap), judged, record, LEVELS)


def test_an_untouched_cell_is_cheaper_than_a_touched_one():
    """Identical predictions decide before the ranks do, and a loss takes the longest."""
    found = ahead(stored())
    assert found.effect == pytest.approx(1.0)
    assert found.untouched < found.unchanged < found.worse <= found.cap
    assert 0.0 < found.power < 1.0
    assert not found.trouble


def test_without_a_record_no_identity_is_counted_on():
    """Where nobody compared repeated trainings, the untouched cost is not known."""
    assert stored().elsewhere().identity_rate is None
    assert ahead(stored().elsewhere()).untouched is None


def test_more_replicates_and_trainings_find_more():
    """The detectable loss falls with the baseline's size and with the cap."""
    small, large = ahead(stored(n=20), cap=20), ahead(stored(n=50), cap=20)
    assert small.detectable > large.detectable > ahead(stored(n=50)).detectable
    assert small.power < large.power < ahead(stored(n=50)).power


def test_a_wider_margin_passes_sooner():
    """What the margin allows beyond the design effect counts in the candidate's favour."""
    assert ahead(stored(), margin=0.06).unchanged < ahead(stored(), margin=0.04).unchanged
    assert ahead(stored(), margin=0.06).detectable > ahead(stored(), margin=0.04).detectable


def test_odd_numbers_of_replicates_count_as_the_next_smaller():
    """There are limits for some numbers only."""
    assert ahead(stored(n=67)).m == 50


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (stored(n=19), "19 usable replicates, the least is 20"),
        (replace(stored(), spreads=()), "no spread is recorded"),
        (stored(sd=0.0), "no spread is recorded"),
        (stored(sd=0.05), "insensitive"),
    ],
)
def test_what_cannot_be_decided_says_why(record: Stored, said: str):
    """A metric that no training will decide is named before any."""
    found = ahead(record)
    assert said in found.trouble
    assert found.unchanged is None


def test_an_insensitive_metric_says_what_it_would_take():
    """That of a test of fixed size: 2 (2.968 + 1.645)^2 / 0.4^2 = 266.0 at alpha 0.0015."""
    assert LEVELS.metric == pytest.approx(0.0015)
    assert ahead(stored(sd=0.05)).needed == 266


def test_identity_that_is_not_believed_saves_nothing():
    """Where builds that changed predictions still match many, equal predictions pass nothing."""
    often = replace(stored(), repeats=Repeats("wine", 9, 10, touched=0.3))
    assert ahead(often).untouched == ahead(often).unchanged


@pytest.mark.parametrize("correlation", [None, 0.7])
def test_the_design_is_the_engines(correlation: float | None):
    """The limits are those by which a candidate is judged once it is trained."""
    replicates = tuple(
        Replicate("wine", s, "d", Outcome.OK, f"p{s}", {"log_loss": 0.3 + s / 1000})
        for s in range(50)
    )
    record = stored(sd=0.013, correlation=correlation)
    full = replace(record.reference, replicates=replicates)
    evidence = Evidence(canary(cap=30), (), (), (full,), LEVELS)
    question = Question(JUDGED, evidence, full)
    assert designed(question, 50, question.design_effect) == question.design
    assert ahead(record).level == question.design.alpha


def test_paired_seeds_halve_the_level():
    """The dual rule shares both errors between its tests."""
    alone, dual = ahead(stored()), ahead(stored(correlation=0.6))
    assert dual.paired
    assert not alone.paired
    assert dual.level <= alone.level / 1.5


def test_a_level_that_is_beyond_the_tables_is_said():
    """Shares below all that is calibrated are no crash and no guess."""
    tight = replace(LEVELS, metric=1e-12)
    assert "below the least" in prospect(canary(), JUDGED, stored(), tight).trouble


def test_a_wish_takes_the_fewest_replicates_that_reach_it():
    """The answer reaches the power, and the next smaller number does not."""
    m, power = reaches(1.0, 60, LEVELS, 0.8)
    assert power >= 0.8
    assert reaches(1.0, 60, LEVELS, power + 1e-9)[0] != m


def test_a_wish_that_nothing_reaches_has_no_number():
    """Half a standard deviation is not found in twenty trainings, whatever the baseline."""
    m, power = reaches(0.5, 20, LEVELS, 0.95)
    assert m is None
    assert power < 0.95
    with pytest.raises(UncalibratedError):
        reaches(0.3, 60, LEVELS, 0.95)
