"""Builds side by side: what differs, by how much, and what it rests on."""

from __future__ import annotations

import dataclasses

import pytest

from qualify.core.attempt import Outcome
from qualify.core.verdict import Status
from qualify.judging.comparing import Comparison, Entry, compare
from tests.comparisons import CELL, compared, trained, values
from tests.factories import cell, column, square

SAME = {seed: 0.3 + seed / 100 for seed in range(8)}
WORSE = {seed: value + 0.05 + seed / 1000 for seed, value in SAME.items()}


def of(*columns) -> Comparison:
    return compare([Entry(one) for one in columns])


def metric(found: Comparison, name: str):
    return next(one for one in found.metrics if one.metric == name)


def test_equal_seeds_are_compared_in_pairs():
    """A loss that every seed shows has an interval far tighter than the seeds' spread."""
    found = metric(of(compared("B1", values(SAME)), compared("B2", values(WORSE))), "log_loss")
    (contrast,) = found.contrasts
    assert (contrast.n, contrast.seeds, contrast.same) == (8, True, 0)
    assert contrast.effect.estimate == pytest.approx(0.0535)
    assert contrast.effect.upper - contrast.effect.lower < 0.01
    assert contrast.shown
    assert found.moved


def test_means_are_of_the_pairs():
    """A seed that only one build has moves no mean, so that means and loss speak of the same."""
    more = SAME | {8: 9.0}
    found = metric(of(compared("B1", values(SAME)), compared("B2", values(more))), "log_loss")
    (contrast,) = found.contrasts
    assert contrast.mean == contrast.first
    assert found.means[1] > 1.0


def test_identical_predictions_are_counted():
    """Where every training predicts alike, the builds are alike."""
    found = metric(of(compared("B1", values(SAME)), compared("B2", values(SAME))), "log_loss")
    assert found.alike
    assert found.contrasts[0].same == 8


def test_other_seeds_are_compared_as_samples():
    """Builds without a seed in common are compared, but not in pairs."""
    moved = {seed + 100: value for seed, value in WORSE.items()}
    found = metric(of(compared("B1", values(SAME)), compared("B2", values(moved))), "log_loss")
    assert not found.contrasts[0].seeds
    assert found.contrasts[0].effect.estimate == pytest.approx(0.05, abs=0.01)


def test_other_data_are_no_pair():
    """The same seed on another split is another training."""
    other = [dataclasses.replace(one, data="elsewhere") for one in values(SAME)]
    found = metric(of(compared("B1", values(SAME)), compared("B2", other)), "log_loss")
    assert not found.contrasts[0].seeds


def test_losses_of_times_are_relative():
    """Seconds are compared on the log scale; a time of 0 has no place on it."""
    slow = [trained(seed, 0.3, fit_seconds=2.0) for seed in range(6)]
    fast = [trained(seed, 0.3, fit_seconds=1.0) for seed in range(6)]
    odd = [trained(seed, 0.3, fit_seconds=0.0) for seed in range(6)]
    found = metric(
        of(*(compared(f"B{n}", ones) for n, ones in enumerate((fast, slow, odd)))), "fit_seconds"
    )
    assert found.contrasts[0].effect.estimate == pytest.approx(0.693, abs=0.001)
    assert found.contrasts[1] is None
    assert found.kind == "resource"


def test_failed_and_foreign_trainings_do_not_count():
    """An attempt that failed, and one of the baseline, are not the candidate's results."""
    bad = dataclasses.replace(trained(0, 9.0), outcome=Outcome.ERROR)
    theirs = dataclasses.replace(trained(1, 9.0), arm="baseline")
    again = dataclasses.replace(trained(2, 9.0), number=2)
    ours = [bad, theirs, trained(2, 0.3), again]
    found = metric(of(compared("B1", ours), compared("B2", ours)), "log_loss")
    assert found.means == (0.3, 0.3)


def test_judged_values_stand_in_for_attempts():
    """Where raw attempts are no longer kept, the evidence of the verdict is compared."""
    thin = square(CELL, Status.PASSED)
    bare = dataclasses.replace(thin, attempts=())
    made = compared("B1", [])
    columns = [dataclasses.replace(made, squares={CELL.id: bare}) for _ in range(2)]
    assert metric(of(*columns), "log_loss").contrasts[0].n == 8


def test_verdicts_stand_beside_one_another():
    """A cell that one build does not know is not scheduled there."""
    first = compared("B1", values(SAME))
    other = cell("smoke", "import")
    second = column(first.build, "hold", square(other, Status.FAILED))
    found = {one.cell: one for one in of(first, second).verdicts}
    assert found[CELL.id].statuses == (Status.PASSED, Status.NOT_SCHEDULED)
    assert found[other.id].statuses == (Status.NOT_SCHEDULED, Status.FAILED)
    assert found[other.id].reasons[0] == ""
    assert found[other.id].differs


def test_what_is_recorded_is_a_line_each():
    """Dependencies, provenance and parameters are lines, those that differ are known as such."""
    first = compared("B1", values(SAME), "numpy==2.0", "lightgbm==4.6")
    second = compared("B2", values(SAME), "numpy==2.1")
    found = compare([Entry(first, {"suites": "a"}), Entry(second, {"suites": "a"})])
    lines = {line.name: line for line in (*found.environment, *found.provenance)}
    assert lines["numpy"].values == ("2.0", "2.1")
    assert lines["lightgbm"].values == ("4.6", "")
    assert not lines["pip"].differs
    assert lines["suites"].values == ("a", "a")
    parameters = {line.name: line.values for line in found.parameters}
    assert parameters["margin of log_loss"] == ("0.02", "0.02")
    assert parameters["budget in iterations"] == ("30", "30")


def test_costs_are_those_of_all_attempts():
    """Both arms cost, whatever came of them."""
    bad = dataclasses.replace(trained(0, 9.0), outcome=Outcome.ERROR, arm="baseline")
    found = of(compared("B1", [bad, trained(1, 0.3)]), compared("B2", []))
    costs = {(one.group, one.name): one.values for one in found.costs}
    assert costs["", "trainings"] == (2.0, 0.0)
    assert costs["quality", "CPU time"] == (pytest.approx(0.05), 0.0)
    assert costs["", "largest memory"] == (200.0, 0.0)
