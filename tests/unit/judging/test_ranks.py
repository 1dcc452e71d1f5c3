"""The rule of ranks among stored replicates, through the judge of cells."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from qualify.core.verdict import MetricEvidence, Status
from qualify.judging.cell import judge
from tests.trainings import (
    LEVELS,
    MARGIN,
    SD,
    attempts,
    canary,
    evidence,
    losses,
    metric,
    reference,
    replicates,
    train,
    trains,
)

STORED = reference()
SAME = losses(80)


def found(values: list[float], **how: object) -> MetricEvidence:
    """The evidence after candidates of these losses."""
    return metric(judge(evidence(canary(), attempts(values), STORED, **how)))


def test_an_unchanged_candidate_passes_in_a_few_trainings() -> None:
    """Losses of the baseline's own distribution are shown within the margin long before the cap."""
    verdict, asked = train(canary(), trains(SAME), STORED)
    assert (verdict.status, verdict.code) == (Status.PASSED, "Q002")
    assert len(asked) <= 5
    assert {ask.arm for ask in asked} == {"candidate"}


def test_a_loss_of_two_standard_deviations_regresses() -> None:
    """A loss as large as the margin is shown before the cap, with its numbers and its limits."""
    verdict, _ = train(canary(), trains(losses(80, MARGIN), SAME, repeats=True), STORED)
    assert verdict.status is Status.REGRESSED
    shown = metric(verdict)
    assert len(shown.seeds) < 20
    assert shown.reject is not None
    assert max(shown.worse) >= shown.reject
    assert shown.p_value is not None
    assert shown.p_value <= shown.alpha
    assert shown.effect == pytest.approx(MARGIN, abs=SD)
    assert shown.reason.startswith("log_loss: shown worse; the margin is 0.02 nat")


def test_a_small_real_loss_within_a_wide_margin_passes_and_is_named() -> None:
    """A loss that is shown, and shown smaller than the margin, passes as a real loss."""
    of = canary(("log_loss", 0.05))
    verdict = judge(evidence(of, attempts(losses(20, 0.02)), STORED))
    assert metric(verdict).status is Status.PASSED
    assert "a real loss, but shown smaller than the margin of 0.05 nat" in metric(verdict).reason


def test_a_better_candidate_improves() -> None:
    """A gain that is shown at the metric's share of alpha is an improvement."""
    verdict = judge(evidence(canary(("log_loss", SD)), attempts(losses(3, -0.06)), STORED))
    assert verdict.status is Status.IMPROVED
    assert "log_loss: shown better; better by" in verdict.reason


def test_a_gain_that_shows_after_the_pass_improves() -> None:
    """A cell that trains on for another metric still finds the gain of one that has passed."""
    assert found(losses(1, -0.03)).status is Status.PASSED
    assert found(losses(8, -0.03)).status is Status.IMPROVED


def test_a_pass_does_not_bind() -> None:
    """Trainings after a pass may still show a loss that the margin does not cover."""
    lucky = losses(1, -0.01)
    assert found(lucky).status is Status.PASSED
    later = found([*lucky, *losses(19, 0.045)])
    assert later.status is Status.RUNNING
    assert later.reason.startswith("log_loss: looks worse")


def test_a_regression_stands_whatever_is_trained_afterwards() -> None:
    """Good seeds after a shown loss do not take it back."""
    bad = losses(6, 0.06)
    assert found(bad).reason.startswith("log_loss: looks worse")
    assert found([*bad, *losses(6, -0.06)]).reason.startswith("log_loss: looks worse")


def test_noise_without_a_decision_ends_inconclusive() -> None:
    """At the cap the metric says that the evidence does not decide."""
    of = canary(("log_loss", 0.006))
    hovering = [0.3 + 0.0035 + 0.001 * (-1) ** seed for seed in range(20)]
    verdict = judge(evidence(of, attempts(hovering), STORED))
    assert verdict.status is Status.INCONCLUSIVE
    assert "shown neither worse nor within the margin of 0.006 nat" in verdict.reason


def test_an_undecided_metric_runs_on_before_the_cap() -> None:
    """Short of the cap the same evidence asks for the next seed."""
    of = canary(("log_loss", 0.006))
    hovering = [0.3 + 0.0035 + 0.001 * (-1) ** seed for seed in range(8)]
    verdict = judge(evidence(of, attempts(hovering), STORED))
    assert verdict.status is Status.RUNNING
    assert [(ask.arm, ask.seed) for ask in verdict.asks] == [("candidate", 8)]


def test_a_higher_auc_is_better() -> None:
    """The direction of the metric turns the sign of the loss."""
    stored = reference(replicates({"auc": 1.0 - v} for v in losses(50)))
    for shift, status in ((0.06, Status.RUNNING), (-0.06, Status.IMPROVED)):
        values = [{"auc": 1.0 - v} for v in losses(8, shift)]
        verdict = judge(evidence(canary(("auc", SD)), attempts(values), stored))
        assert verdict.status is status
        assert (verdict.asks != ()) is (shift > 0)  # a loss is to be confirmed


def test_relative_metrics_speak_in_per_cent() -> None:
    """On the log scale losses are relative and written so."""
    stored = reference(replicates({"rmse": 10 * math.exp(v)} for v in losses(50, sd=0.1)))
    values = [{"rmse": 10 * math.exp(v)} for v in losses(12, 0.4, sd=0.1)]
    shown = metric(judge(evidence(canary(("rmse", 0.1)), attempts(values), stored)), "rmse")
    assert shown.effect == pytest.approx(0.4, abs=0.05)
    assert "worse by 4" in shown.reason
    assert "%" in shown.reason.split("worse by ")[1]


def test_only_calibrated_numbers_of_replicates_rank() -> None:
    """Of forty replicates thirty are used, for which there are limits."""
    rows = replicates(losses(40, stream="baseline"))
    shown = metric(judge(evidence(canary(), attempts(SAME[:2]), reference(rows))))
    assert len(shown.baseline) == 30


def test_the_evidence_is_stored_training_by_training() -> None:
    """Evidence, limits, places and shares of the budget are shown as they were used."""
    shown = found(SAME[:4])
    assert len(shown.worse) == len(shown.within) == len(shown.places) == len(shown.seeds) == 4
    assert all(0 <= place <= 50 for place in shown.places)
    assert (shown.alpha, shown.margin, shown.threshold) == (LEVELS.metric, MARGIN, MARGIN)
    assert shown.scale == pytest.approx(SD, rel=0.05)
    assert shown.accept is not None
    assert shown.reject is not None
    assert shown.accept < 0 < shown.reject


def test_a_stricter_share_asks_for_more() -> None:
    """The limit that a regression must reach grows as the share of the budget shrinks."""
    loose = found(SAME[:2])
    strict = found(SAME[:2], levels=replace(LEVELS, metric=0.002))
    assert loose.reject is not None
    assert strict.reject is not None
    assert strict.reject > loose.reject


def test_ties_are_broken_the_same_way_for_good() -> None:
    """Equal losses keep their order as trainings come in, and the salt that broke them is shown."""
    coarse = reference(replicates(round(v, 2) for v in losses(50)))
    values = attempts(round(v, 2) for v in losses(8))
    few, more = (
        metric(judge(evidence(canary(), values[:n], coarse, repeatable=False))) for n in (3, 8)
    )
    assert few.places == more.places[:3]
    assert few.ties == "salt"
    other = metric(judge(evidence(canary(), values, coarse, salt="pepper")))
    assert other.places != more.places


def test_without_ties_no_salt_is_shown() -> None:
    """Where no place was tossed, none is claimed to be."""
    assert found(SAME[:3]).ties == ""
