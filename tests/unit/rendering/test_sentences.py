import dataclasses

import pytest

from qualify.core.verdict import MetricEvidence, Status
from qualify.rendering.losses import spoken
from qualify.rendering.sentences import sentence
from tests.factories import CELLS, build, cell, column, evidence, square

CANARY = cell("quality", "breast_cancer")
CHECK = cell("robustness", "nan")


def told(of, status, metric=None, **changed):
    """The sentence of a square in a build that is judged by another."""
    one = square(of, status)
    metrics = one.verdict.metrics if metric is None else (metric,)
    verdict = dataclasses.replace(one.verdict, metrics=metrics, **changed)
    made = column(build("B2", "2.3.0", "2025-01-01"), "hold")
    judged = dataclasses.replace(made, baseline="flaml==2.2.0")
    return sentence(judged, dataclasses.replace(one, verdict=verdict))


def red(**changed):
    return dataclasses.replace(evidence(Status.REGRESSED, shift=0.031), **changed)


def test_a_loss_is_told_with_noise_margin_and_chance():
    """Plain words come first, then the loss in noise and margin, and how sure that is."""
    one = red(effect=0.031, scale=0.0074, threshold=0.006, p_value=2e-5)
    assert told(CANARY, Status.REGRESSED, one) == (
        "flaml 2.3.0 loses 0.031 nat of log loss on breast_cancer against flaml 2.2.0 "
        "(4.2 standard deviations of training noise; a loss of at most 0.81 would be tolerated), "
        "and this is not chance: p ≤ 2e−05"
    )


def test_a_relative_loss_is_told_in_per_cent():
    """Where differences are relative the metric is so much higher or lower."""
    one = evidence(Status.REGRESSED, shift=1.4, metric="fit_seconds")
    words = told(CANARY, Status.REGRESSED, one)
    assert "has a 10 % higher fit seconds on breast_cancer than flaml 2.2.0" in words


def test_the_clearest_loss_is_told():
    """Of two metrics that regressed the one with the smaller p-value is named."""
    one = square(CANARY, Status.REGRESSED)
    weak, strong = red(p_value=0.01), red(metric="auc", unit="", p_value=1e-9)
    verdict = dataclasses.replace(one.verdict, metrics=(weak, strong))
    made = column(build("B2", "2", "2025-01-01"), "hold")
    assert "of auc on" in sentence(made, dataclasses.replace(one, verdict=verdict))


def test_a_wider_spread_is_called_erratic():
    """A regression of the spread says nothing of the mean."""
    words = told(CANARY, Status.REGRESSED, red(test="spread", effect=None))
    assert "is more erratic than flaml 2.2.0 on breast_cancer: log loss scatters" in words


def test_the_anchor_is_named():
    """A loss against the anchor does not name the baseline."""
    assert "against the anchor" in told(CANARY, Status.REGRESSED, red(against="anchor"))


def test_a_regression_without_a_size_is_worse():
    """Where no effect is known the sentence says that it is worse, and the margin."""
    words = told(CANARY, Status.REGRESSED, red(effect=None, scale=None, p_value=None))
    assert words == (
        "flaml 2.3.0 is worse than flaml 2.2.0 in log loss on breast_cancer "
        "(a loss of at most 0.02 nat would be tolerated)"
    )


def test_an_open_interval_is_told_as_a_bound():
    """A side that nothing excludes is not given a number."""
    one = dataclasses.replace(evidence(), effect=0.001, interval=(-0.01, None))
    words = told(CANARY, Status.PASSED, one)
    assert "(seen: +0.001 nat, with 95 % confidence at least −0.01)" in words


def test_identical_predictions_are_told_by_the_rule():
    """What passed because the predictions are equal says so, without the metric's name before."""
    same = MetricEvidence("log_loss", "nat", Status.PASSED, "Q001", "", test="identity")
    words = told(CANARY, Status.PASSED, same, reason="log_loss: 2 of 2 seeds are bit-identical")
    assert words.endswith("as good as flaml 2.2.0 on breast_cancer: 2 of 2 seeds are bit-identical")


def test_a_broken_promise_is_quoted():
    """A check that failed quotes what was promised, and says whether the baseline keeps it."""
    assert told(CHECK, Status.FAILED) == (
        "flaml 2.3.0 breaks the promise “nan keeps its promise”, which flaml 2.2.0 keeps: "
        "the estimator pickles, but does not unpickle: AttributeError"
    )
    reason = "the baseline breaks it, too: no error but a model"
    words = told(CHECK, Status.FLAKY, reason=reason)
    assert words.endswith(
        "but flaml 2.2.0 breaks it, too, so nothing got worse: no error but a model"
    )


def test_an_undecided_cell_says_what_is_possible_and_what_would_decide():
    """The interval, the margin and the trainings that are still needed are told."""
    words = told(CANARY, Status.INCONCLUSIVE)
    assert words.startswith("It is not known whether flaml 2.3.0 is as good as flaml 2.2.0")
    assert "anything from −0.0011 to +0.0331 is possible" in words
    assert words.endswith("about 6 more trainings are expected to decide")


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.NOT_SCHEDULED])
@pytest.mark.parametrize("of", [CANARY, CHECK, CELLS[0]], ids=["canary", "check", "build"])
def test_every_status_has_a_sentence(of, status):
    """Whatever a cell is and shows, one line says it and names the cell or its promise."""
    words = told(of, status)
    assert "\n" not in words
    assert of.name in words or of.about.rstrip(".") in words


def test_text_of_a_log_cannot_break_the_sentence():
    """Line breaks and colours in a reason are gone, and a long one is cut."""
    words = told(CHECK, Status.FAILED, reason="a\n\x1b[31mb" + "c" * 5000)
    assert "\x1b" not in words
    assert "a bc" in words
    assert len(words) < 1000


def test_metrics_are_spoken():
    """Underscores become spaces, and a slice says of which rows it is."""
    assert spoken("fit_seconds") == "fit seconds"
    assert spoken("log_loss@city=Rome") == "log loss where city is Rome"
