"""The evidence of a metric as it is stored and shown."""

from __future__ import annotations

import pytest

from qualify.core.verdict import Status
from qualify.judging.cell import judge
from tests.trainings import (
    SD,
    attempt,
    attempts,
    canary,
    evidence,
    losses,
    metric,
    reference,
    replicates,
)

STORED = reference()
SAME = losses(40)


def test_values_are_in_the_metrics_unit_and_by_seed() -> None:
    """The replicates of both arms are kept as they were measured."""
    shown = metric(judge(evidence(canary(), attempts(SAME[:3]), STORED)))
    assert (shown.metric, shown.unit, shown.against) == ("log_loss", "nat", "baseline")
    assert shown.seeds == (0, 1, 2)
    assert shown.candidate == tuple(SAME[:3])
    assert shown.baseline == tuple(losses(50, stream="baseline"))


def test_the_interval_holds_the_loss_and_narrows() -> None:
    """The loss lies in its interval, which is open until enough is known."""
    few, more = (
        metric(judge(evidence(canary(), attempts(losses(20, SD)[:n]), STORED))) for n in (1, 20)
    )
    assert few.interval == (None, None)
    assert more.interval is not None
    lower, upper = more.interval
    assert lower is not None
    assert upper is not None
    assert more.effect is not None
    assert lower < more.effect < upper
    assert lower < SD < upper


def test_nothing_trained_has_no_effect() -> None:
    """Before the first training there is evidence of nothing."""
    shown = metric(judge(evidence(canary(), (), STORED)))
    assert (shown.effect, shown.interval, shown.worse, shown.seeds) == (None, None, (), ())


def test_what_so_many_trainings_could_have_shown() -> None:
    """The loss that would have been found shrinks with each training."""
    sizes = [
        metric(judge(evidence(canary(), attempts(SAME[:n]), STORED))).detectable for n in (4, 12)
    ]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert sizes[0] > sizes[1] > 0


def test_an_undecided_metric_says_how_many_more() -> None:
    """At the cap the metric says how many trainings it is still expected to need."""
    slow = [0.3 + 0.0012 + 0.001 * (-1) ** seed for seed in range(20)]
    verdict = judge(evidence(canary(("log_loss", 0.006)), attempts(slow), STORED))
    assert verdict.status is Status.INCONCLUSIVE
    assert verdict.more is not None
    assert verdict.more > 0
    assert metric(verdict).more == verdict.more


def test_repeated_baseline_trainings_are_placed_among_the_stored() -> None:
    """Where the baseline was trained again, its places tell of the environment."""
    fresh = [attempt(s, v, arm="baseline") for s, v in enumerate((0.2, 0.3, 0.4))]
    shown = metric(judge(evidence(canary(), attempts(SAME[:3]), STORED, fresh=fresh)))
    assert shown.fresh[0] == 0
    assert 20 < shown.fresh[1] < 30
    assert shown.fresh[2] == 50


def test_an_anchor_has_no_fresh_trainings() -> None:
    """The build that is trained again is the last release's, not the anchor's."""
    fresh = [attempt(0, 0.3, arm="baseline")]
    anchor = reference(name="anchor")
    verdict = judge(evidence(canary(), attempts(SAME[:3]), STORED, anchor, fresh=fresh))
    assert metric(verdict, against="anchor").fresh == ()
    assert metric(verdict).fresh != ()


@pytest.mark.parametrize("n", [1, 4])
def test_pairs_show_the_values_of_both_arms(n: int) -> None:
    """Trained side by side, both arms belong to the same seeds, and there are no places."""
    theirs = attempts(losses(40, stream="beside")[:n], arm="baseline")
    shown = metric(judge(evidence(canary(), attempts(SAME[:n]), fresh=theirs)))
    assert (shown.test, shown.seeds) == ("pairs", tuple(range(n)))
    assert len(shown.candidate) == len(shown.baseline) == n
    assert (shown.places, shown.fresh, shown.scale) == ((), (), None)


def test_relative_effects_are_on_the_judged_scale() -> None:
    """A loss of a tenth is about a tenth of a log, whatever the unit."""
    stored = reference(replicates({"rmse": 100 * v} for v in losses(50)))
    mine = attempts({"rmse": 110 * v} for v in losses(12))
    shown = metric(judge(evidence(canary(("rmse", 0.2)), mine, stored)), "rmse")
    assert shown.effect == pytest.approx(0.095, abs=0.03)
    assert shown.threshold == pytest.approx(0.182, abs=0.001)
    assert shown.margin == 0.2
