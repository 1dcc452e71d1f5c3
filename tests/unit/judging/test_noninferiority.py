"""The rule of paired seeds, through the judge of cells."""

from __future__ import annotations

import math
from itertools import cycle, islice

import pytest

from qualify.core.verdict import MetricEvidence, Status
from tests.trainings import MARGIN, attempt, baseline, canary, judge, replicate

NOISE = (0.004, -0.006, 0.001, 0.007, -0.003, -0.005, 0.002, 0.0)


def losses(shift: float, n: int, scale: float = 1.0) -> list[float]:
    return [shift + scale * noise for noise in islice(cycle(NOISE), n)]


def metric(
    values: list[float], cap: int = 20, of: str = "log_loss", **how: float
) -> MetricEvidence:
    """The evidence after candidates that lose these amounts against a baseline of 0.5."""
    sign = -1 if of == "auc" else 1
    tested = canary((of, MARGIN), cap=cap)
    candidates = [attempt(s, {of: 0.5 + sign * loss}) for s, loss in enumerate(values)]
    against = [replicate(s, {of: 0.5}) for s in range(cap)]
    return judge(tested, candidates, against, **how).metrics[0]


def test_a_loss_beyond_the_margin_regresses() -> None:
    """A loss of twice the margin with little noise is shown before the cap, with its numbers."""
    found = metric(losses(0.04, 10))
    assert found.status is Status.REGRESSED
    assert found.effect == pytest.approx(0.04)
    assert found.reason == (
        "log_loss is worse by 0.04 nat (90% interval of the loss 0.0328 to 0.0472) "
        "over 8 paired seeds: shown worse; the margin is 0.02 nat"
    )


def test_an_unchanged_candidate_passes_early() -> None:
    """Noise far below the margin is shown within it long before the cap."""
    found = metric(losses(0.0, 8))
    assert found.status is Status.PASSED
    assert len(found.seeds) <= 8
    assert found.interval is not None
    assert found.interval[1] < found.threshold


def test_a_better_candidate_improves() -> None:
    """A gain that is shown at alpha's share is an improvement."""
    found = metric(losses(-0.05, 12))
    assert found.status is Status.IMPROVED
    assert "log_loss is better by 0.0495 nat" in found.reason


def test_a_small_loss_passes() -> None:
    """A loss shown smaller than the margin does not hold a release."""
    found = metric(losses(0.01, 8, scale=1.2))
    assert found.status is Status.PASSED
    assert found.reason.endswith("shown within the margin of 0.02 nat")


def test_a_real_loss_within_the_margin_is_named_real() -> None:
    """Where one look shows both a loss and that it is small, the metric passes and says both."""
    found = metric(losses(0.01, 8, scale=1.2), alpha=0.05)
    assert found.status is Status.PASSED
    assert found.reason.endswith("a real loss, but shown smaller than the margin of 0.02 nat")


def test_a_loss_below_the_margin_on_average_trains_on_before_the_end() -> None:
    """A shown loss that may yet prove smaller than the margin is no regression at an early look."""
    assert metric(losses(0.018, 16, scale=1.2)).status is Status.RUNNING


def test_at_the_cap_a_shown_loss_not_within_the_margin_regresses() -> None:
    """At the end, worse than zero and not shown within the margin is a regression."""
    assert metric(losses(0.018, 20, scale=1.2)).status is Status.REGRESSED


def test_noise_without_a_decision_ends_inconclusive() -> None:
    """At the cap the metric says that the evidence does not decide, and how much would."""
    found = metric(losses(0.008, 20, scale=10.0))
    assert found.status is Status.INCONCLUSIVE
    assert found.more is not None
    assert f"about {found.more} more would decide" in found.reason


def test_between_looks_nothing_is_decided_anew() -> None:
    """A seventh pair is not looked at: the finding is that of six."""
    six, seven = metric(losses(0.0, 6)), metric(losses(0.0, 7))
    assert six.status is Status.PASSED
    assert seven == six


def test_a_higher_auc_is_better() -> None:
    """The direction of the metric turns the sign of the loss."""
    assert metric(losses(0.04, 10), of="auc").status is Status.REGRESSED
    assert not metric(losses(-0.04, 10), of="auc").status.red


def test_relative_metrics_speak_in_per_cent() -> None:
    """On the log scale losses are relative and written so."""
    tested = canary(("rmse", 0.1))
    candidates = [attempt(s, {"rmse": 10 * math.exp(0.3 + n)}) for s, n in enumerate(NOISE)]
    found = judge(tested, candidates, [replicate(s, {"rmse": 10.0}) for s in range(20)]).metrics[0]
    assert found.effect == pytest.approx(0.3, abs=0.01)
    assert "rmse is worse by 34.9%" in found.reason
    assert "the margin is 10%" in found.reason


def test_bit_identical_values_pass_at_the_first_look() -> None:
    """Three equal values are enough, even where predictions were not kept."""
    found = metric([0.0, 0.0, 0.0])
    assert found.status is Status.PASSED
    assert "log_loss is the same as the baseline's over 3 paired seeds" in found.reason


def test_three_equal_losses_decide_nothing() -> None:
    """A coarse metric's fluke is not a regression."""
    assert metric([0.05, 0.05, 0.05]).status is Status.RUNNING


def test_a_pass_is_taken_back_by_later_evidence() -> None:
    """A cell that trains on for another metric still sees a regression of a metric that passed."""
    early = metric(losses(0.0, 6, scale=0.2))
    later = metric(losses(0.0, 6, scale=0.2) + losses(0.2, 14))
    assert early.status is Status.PASSED
    assert later.status is Status.REGRESSED


def test_missing_pairs_at_the_end_are_looked_at_once() -> None:
    """Where the baseline lacks a seed, what there is at the cap is the last look."""
    against = baseline([0.5] * 7)
    candidates = [attempt(s, 0.5 + v) for s, v in enumerate(losses(0.018, 7, scale=10))]
    found = judge(canary(cap=9), candidates, against).metrics[0]
    assert found.status is Status.INCONCLUSIVE
    assert len(found.seeds) == 7


def test_a_single_pair_is_too_few() -> None:
    """One pair has no spread, so nothing is shown."""
    found = judge(canary(cap=1), [attempt(0)], baseline([0.3])).metrics[0]
    assert found.status is Status.INCONCLUSIVE
    assert "too few" in found.reason
