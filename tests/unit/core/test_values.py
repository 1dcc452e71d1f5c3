from __future__ import annotations

import dataclasses
import math

import pytest

from qualify.core.budget import ErrorBudget
from qualify.core.canary import PAIRS, Budget
from qualify.core.errors import ConfigError
from qualify.core.matrix import Lane, cell_id
from qualify.core.metric import METRICS
from qualify.core.plan import STAGES
from qualify.core.verdict import Status
from tests.factories import grid
from tests.fakes import LANE, canary, cell, plan

OTHER = Lane("3.12")


def test_a_loss_is_positive_where_the_candidate_is_worse():
    """Whichever way is better, and on either scale, worse is above zero and its mirror below."""
    for metric in METRICS.values():
        worse, better = (0.6, 0.5) if metric.direction == "lower" else (0.5, 0.6)
        assert metric.loss(worse, better) > 0
        assert metric.loss(better, worse) == -metric.loss(worse, better)
        assert metric.loss(0.5, 0.5) == 0


def test_relative_margins():
    """On the log scale a margin of a tenth is met by a tenth more."""
    seconds, loss = METRICS["fit_seconds"], METRICS["log_loss"]
    assert seconds.loss(1.1, 1.0) == pytest.approx(seconds.threshold(0.1))
    assert seconds.threshold(0.1) == math.log1p(0.1)
    assert loss.threshold(0.1) == 0.1


def test_every_status_is_told_apart():
    """Each status has a glyph of its own."""
    assert len({s.glyph for s in Status}) == len(Status)
    assert all(len(s.glyph) == 1 for s in Status)


def test_a_missing_result_is_never_green():
    """Green and red exclude each other, and what was not decided is neither."""
    assert {s for s in Status if s.green} == {Status.PASSED, Status.IMPROVED, Status.FLAKY}
    assert {s for s in Status if s.red} == {Status.REGRESSED, Status.FAILED, Status.TIMEOUT}
    assert not any(s.green and s.red for s in Status)
    unkept = {Status.INFRA, Status.LOST, Status.GATED, Status.SKIPPED, Status.RUNNING}
    assert not any(s.reusable for s in unkept)


@pytest.mark.parametrize(
    "text", ["", "py311", "py311-cpu", "py311-tpu-locked", "311-cpu-free", "py311-cpu-locked "]
)
def test_what_is_no_lane(text):
    """A lane that is none is answered with how one is written."""
    with pytest.raises(ConfigError, match="is not a lane") as caught:
        Lane.parse(text)
    assert "py311-cpu-locked" in caught.value.remedy


def test_identifiers():
    """A cell is named by suite, name and lane; the build itself has no lane."""
    assert cell_id("quality", "wine", LANE) == "quality/wine@py311-cpu-locked"
    assert cell_id("smoke", "build", None) == "smoke/build"


def test_gates_are_earlier_and_of_the_same_lane():
    """A cell is stopped by earlier stages of its lane and by those that have none."""
    top, mine = cell("build", "build", None), cell("install", "install")
    theirs, smoke = cell("install", "install", OTHER), cell("smoke", "smoke")
    wine, iris = cell("wine"), cell("iris")
    of = plan(top, mine, theirs, smoke, wine, iris)
    assert of.gates(wine) == (top, mine, smoke)
    assert of.gates(mine) == (top,)
    assert of.gates(top) == ()


def test_stages_follow_one_another():
    """A wheel before an environment, an import before a search."""
    assert STAGES == ("build", "install", "import", "smoke", "main")


def test_every_gating_metric_of_the_plan_has_the_same_share():
    """All cells count, whatever is selected: one cell run alone is judged as in the grid."""
    wine, two = cell("wine"), cell("two")
    more = (*two.canary.metrics, *wine.canary.metrics)
    two = dataclasses.replace(two, canary=dataclasses.replace(two.canary, metrics=more))
    whole = plan(cell("build", "build", None), wine, two)
    assert whole.levels.tests == 3
    assert whole.levels.metric == pytest.approx(0.05 * 0.6 / 3)
    assert dataclasses.replace(whole, selected=(wine.id,)).levels == whole.levels


def test_an_anchor_doubles_the_tests_of_metrics():
    """Two references are asked about by every metric; failures are counted once."""
    one, two = plan(cell("wine")), plan(cell("wine"), anchor="1.0")
    assert (one.levels.tests, two.levels.tests) == (1, 2)
    assert two.levels.metric == one.levels.metric / 2
    assert two.levels.failure == one.levels.failure


def test_a_plan_without_canaries_has_levels():
    """Checks alone leave the budget whole."""
    assert plan(cell("build", "build", None)).levels.metric == pytest.approx(0.03)


@pytest.mark.parametrize(("tests", "cells", "checks"), [(1, 1, 0), (3, 2, 7), (200, 100, 150)])
def test_the_shares_of_all_tests_sum_to_the_budget(tests: int, cells: int, checks: int):
    """Every test of the release together spends alpha, no more."""
    levels = ErrorBudget(alpha=0.04).levels(tests, cells, checks)
    spent = tests * (levels.metric + levels.spread) + cells * levels.failure
    spent += (cells + checks) * levels.repeat
    spent += levels.pooled + levels.pooled_failures + levels.infra
    assert spent == pytest.approx(0.04)
    assert levels.beta == 0.05


def test_seeds_are_registered_and_confirmed_by_others():
    """The seeds of the confirmation are fresh: no candidate was ranked by them."""
    of = canary(cap=30)
    assert list(of.seeds()) == list(range(30))
    assert list(of.confirmations()) == list(range(30, 30 + PAIRS))


def test_a_selection_keeps_the_plans_order():
    """Selected cells come in the order of the plan; an unknown one is a KeyError."""
    wine, iris = cell("wine"), cell("iris")
    of = plan(wine, iris, selected=(iris.id, wine.id))
    assert of.chosen() == (wine, iris)
    assert of.cell(iris.id) == iris
    with pytest.raises(KeyError):
        of.cell("quality/wein")


def test_rows_of_a_grid_are_all_that_any_build_knows():
    """A cell that only one build knows is a row, once, and not scheduled elsewhere."""
    drawn = grid()
    names = [c.id for c in drawn.rows()]
    assert len(names) == len(set(names)) == 9
    last = drawn.rows()[-1]
    assert drawn.status(drawn.columns[1], last) is Status.NOT_SCHEDULED


def test_the_last_green_build_is_an_earlier_one():
    """What a red cell is compared with is the newest build before it in which it was green."""
    drawn = grid()
    newest, _, oldest = drawn.columns
    assert drawn.last_passed(newest, drawn.rows()[3]) == oldest
    assert drawn.last_passed(oldest, drawn.rows()[3]) is None


def test_a_budget_that_is_left_open_is_a_share_of_the_preset():
    """Iterations are whole and at least one; a budget that is given stays as it is."""
    assert Budget().of({"iterations": 12}) == Budget(12)
    assert Budget(share=0.5).of({"iterations": 5, "seconds": 3.0}) == Budget(2, 1.5)
    assert Budget(share=0.01).of({"iterations": 12}).iterations == 1
    assert Budget(seconds=4.0).of({"iterations": 12}) == Budget(seconds=4.0)
