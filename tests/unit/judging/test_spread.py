"""The rule of erratic candidates, through the judge of cells."""

from __future__ import annotations

import pytest

from qualify.core.attempt import Outcome
from qualify.core.verdict import MetricEvidence, Status, Verdict
from qualify.judging.cell import judge
from tests.trainings import (
    LEVELS,
    SD,
    attempt,
    attempts,
    canary,
    evidence,
    losses,
    metric,
    reference,
    replicate,
    replicates,
)

STORED = reference()


def judged(values: list[float]) -> Verdict:
    """The verdict on these losses, with a margin that hides every shift."""
    return judge(evidence(canary(("log_loss", 0.1), cap=30), attempts(values), STORED))


def spread(verdict: Verdict) -> MetricEvidence:
    return next(m for m in verdict.metrics if m.test == "spread")


def test_a_candidate_as_good_but_four_times_as_erratic_regresses() -> None:
    """Four times the standard deviation with the same mean is red, where the mean is not."""
    verdict = judged(losses(30, sd=4 * SD))
    assert verdict.status is Status.REGRESSED
    assert (spread(verdict).status, spread(verdict).code) == (Status.REGRESSED, "Q006")
    assert "more erratic than the baseline's" in spread(verdict).reason
    assert spread(verdict).alpha == LEVELS.spread
    assert metric(verdict).status is Status.PASSED


@pytest.mark.parametrize("shift", [-0.06, -0.02, 0.0, 0.02, 0.06])
def test_a_shift_is_not_erratic(shift: float) -> None:
    """A better candidate, or one that is worse by as much every time, is no wider."""
    assert spread(judged(losses(30, shift))).status is Status.PASSED


def test_a_calmer_candidate_passes() -> None:
    """Less noise is no fault."""
    assert spread(judged(losses(30, sd=SD / 4))).status is Status.PASSED


@pytest.mark.parametrize(("n", "asked"), [(3, False), (4, True)])
def test_three_replicates_are_too_few_for_a_spread(n: int, asked: bool) -> None:
    """The first three may be identical yet: they are not compared in spread."""
    tests = {m.test for m in judged(losses(n)).metrics}
    assert ("spread" in tests) is asked


def test_identical_predictions_have_no_spread_to_compare() -> None:
    """Where all of the first three predict what is stored, nothing can be wider."""
    same = [attempt(s, 0.3, predictions=f"stored-{s}") for s in range(6)]
    verdict = judge(evidence(canary(), same, STORED))
    assert {m.test for m in verdict.metrics} == {"identity"}


def test_a_baseline_without_its_first_seeds_is_compared_in_spread() -> None:
    """Where no prediction can be compared, the spread still is."""
    rows = [replicate(s, outcome=Outcome.ERROR) for s in range(3)]
    rows += replicates(losses(50, stream="baseline"))[3:]
    mine = attempts(losses(30, sd=4 * SD))
    verdict = judge(evidence(canary(("log_loss", 0.1), cap=30), mine, reference(rows)))
    assert spread(verdict).status is Status.REGRESSED
