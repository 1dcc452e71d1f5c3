from __future__ import annotations

import pytest

from qualify.core.attempt import Attempt, Outcome
from qualify.core.verdict import Status, Verdict
from qualify.judging.ingested import Reference, judge_row

ALPHA = 0.05


def executions(outcomes: str, metric: str = "log_loss", *values: float) -> tuple[Attempt, ...]:
    """`p` passed and `f` failed; the values are those of the first executions."""
    made = []
    for number, letter in enumerate(outcomes):
        ok = letter == "p"
        metrics = {metric: values[number]} if number < len(values) else {}
        outcome = Outcome.OK if ok else Outcome.ERROR
        message = "" if ok else "it broke"
        made.append(
            Attempt("c", "candidate", 0, number, f"{number}", outcome, "", None, metrics)
            if ok
            else Attempt("c", "candidate", 0, number, f"{number}", outcome, message=message)
        )
    return tuple(made)


def judged(outcomes: str, before: str = "") -> Verdict:
    return judge_row(executions(outcomes), {}, Reference(attempts=executions(before)), ALPHA)


@pytest.mark.parametrize(
    ("outcomes", "before", "status"),
    [
        ("p", "", Status.PASSED),
        ("p", "fff", Status.PASSED),
        ("fp", "", Status.FLAKY),
        ("f", "", Status.FAILED),
        ("ff", "pppp", Status.FAILED),
        ("f", "f", Status.FLAKY),
        ("f", "ffpf", Status.FLAKY),
        ("f", "fppp", Status.INCONCLUSIVE),
        ("fff", "f" + "p" * 19, Status.FAILED),
    ],
)
def test_failures_are_read_beside_those_of_the_reference(outcomes, before, status):
    """Passed again or as often: flaky; more often or never before: failed; else undecided."""
    verdict = judged(outcomes, before)
    assert verdict.status is status
    assert "it broke" in verdict.reason or "f" not in outcomes


def test_a_row_that_was_not_executed_is_skipped_with_its_reason():
    """Skipped is neither green nor red."""
    verdict = judge_row((), {}, Reference(), ALPHA, "no GPU")
    assert (verdict.status, verdict.reason) == (Status.SKIPPED, "no GPU")


def measured(here: list[float], usual: list[float], margin: float | None = 0.02) -> Verdict:
    reference = Reference(attempts=executions("p" * len(usual), "log_loss", *usual))
    margins = {} if margin is None else {"log_loss": margin}
    mine = executions("p" * len(here), "log_loss", *here)
    return judge_row(mine, margins, reference, ALPHA)


USUAL = [0.30 + i / 1000 for i in range(19)]


def test_a_loss_beyond_the_margin_is_shown_only_where_chance_is_small():
    """One value worse than nineteen is one arrangement in twenty; of eighteen, not quite."""
    assert measured([0.40], USUAL).status is Status.REGRESSED
    assert measured([0.40], USUAL[:18]).status is Status.INCONCLUSIVE
    assert measured([0.40, 0.41, 0.39], USUAL[:3]).status is Status.REGRESSED
    assert measured([0.40, 0.31, 0.42], USUAL[:18]).status is Status.INCONCLUSIVE


def test_a_loss_within_the_margin_passes():
    """What is not worth holding a release for is not held against a row."""
    assert measured([0.325], USUAL).status is Status.PASSED
    assert measured([0.10], USUAL).status is Status.PASSED


def test_a_metric_without_margin_reference_or_direction_is_recorded():
    """A number of which nothing is asked is kept beside the verdict."""
    for verdict in (measured([0.9], USUAL, None), measured([0.9], [])):
        (metric,) = verdict.metrics
        assert (verdict.status, metric.status, metric.candidate) == (
            Status.PASSED,
            Status.PASSED,
            (0.9,),
        )
    unknown = judge_row(executions("p", "mape", 3.0), {"mape": 0.1}, Reference(), ALPHA)
    assert unknown.metrics[0].metric == "mape"


def test_a_flaky_row_whose_metric_regressed_is_red():
    """A failure that passed again does not hide a loss."""
    reference = Reference(attempts=executions("p" * 19, "log_loss", *USUAL))
    mine = executions("pf", "log_loss", 0.5)
    verdict = judge_row(mine, {"log_loss": 0.02}, reference, ALPHA)
    assert verdict.status is Status.REGRESSED


def test_a_relative_metric_that_is_not_above_zero_is_recorded():
    """No relative loss is computed of what has none."""
    reference = Reference(attempts=executions("p", "rmse", 0.0))
    verdict = judge_row(executions("p", "rmse", 1.0), {"rmse": 0.1}, reference, ALPHA)
    assert verdict.status is Status.PASSED
