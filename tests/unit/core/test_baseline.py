"""The replicates of a reference build, and what a design needs to know of them."""

from __future__ import annotations

import math
from statistics import stdev

import pytest

from qualify.core.attempt import Outcome
from qualify.core.baseline import DEFAULT, LEAST, Baseline, Replicate, Spread, spreads
from qualify.stats.limits import BASELINES
from tests.fakes import LANE, build
from tests.trainings import attempt, losses, replicate, replicates


def test_the_spread_of_every_quality_metric_is_recorded():
    """Raw metrics on their scale, relative ones in logs, resources never."""
    rows = replicates({"log_loss": v, "rmse": 100 * v, "fit_seconds": v} for v in losses(20))
    by_name = {s.metric: s for s in spreads("wine", rows)}
    assert set(by_name) == {"log_loss", "rmse"}
    assert by_name["log_loss"].scale == pytest.approx(stdev(losses(20)))
    assert by_name["rmse"].scale == pytest.approx(stdev(map(math.log, losses(20))))
    assert (by_name["rmse"].unit, by_name["rmse"].direction, by_name["rmse"].m) == (
        "target",
        "lower",
        20,
    )


def test_failed_replicates_have_no_part_in_a_spread():
    """Only trainings that gave a result are counted."""
    rows = [*replicates(losses(20)), replicate(20, outcome=Outcome.ERROR)]
    assert spreads("wine", rows)[0].m == 20


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_metric_that_is_not_a_number_everywhere_has_no_spread(value: float):
    """One replicate without a value leaves the metric unrecorded."""
    assert spreads("wine", replicates([*losses(20), value])) == ()


@pytest.mark.parametrize("rows", [(), (replicate(0),)])
def test_one_replicate_has_no_spread(rows: tuple[Replicate, ...]):
    """A spread takes two."""
    assert spreads("wine", rows) == ()


def test_constant_values_have_a_spread_of_nothing():
    """Which is refused where it matters, not hidden."""
    assert spreads("wine", replicates([0.3] * 20))[0].scale == 0.0


def test_a_spread_is_found_by_canary_and_metric():
    """What was not recorded is None."""
    mine = Spread("wine", "log_loss", "nat", "lower", 20, 0.01)
    of = Baseline("t", "1", str(LANE), build().provenance, (), (), (mine,))
    assert of.spread("wine", "log_loss") == mine
    assert of.spread("wine", "auc") is None
    assert of.spread("iris", "log_loss") is None


def test_a_training_becomes_a_replicate():
    """Seed, data, predictions and metrics are kept; times and messages are not."""
    assert Replicate.of("wine", attempt(3, 0.4)) == Replicate(
        "wine", 3, "data-3", Outcome.OK, "candidate-now-3", {"log_loss": 0.4}
    )


def test_fifty_are_recorded_and_twenty_are_the_least():
    """The least is what the tests have limits for."""
    assert min(BASELINES) == LEAST
    assert DEFAULT in BASELINES
