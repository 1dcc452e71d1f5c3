from __future__ import annotations

import dataclasses
import math

import pytest

from qualify.core.errors import ConfigError
from qualify.core.matrix import Lane, cell_id
from qualify.core.metric import METRICS
from qualify.core.plan import STAGES
from qualify.core.verdict import Status
from tests.factories import grid
from tests.fakes import LANE, cell, plan

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


def test_the_error_budget_is_shared_by_all_tests():
    """Each gating metric and failure rate of the whole plan gets as much, whatever is selected."""
    wine, two = cell("wine"), cell("two")
    more = (*two.canary.metrics, *wine.canary.metrics)
    two = dataclasses.replace(two, canary=dataclasses.replace(two.canary, metrics=more))
    whole = plan(cell("build", "build", None), wine, two)
    assert whole.share == pytest.approx(0.05 / 5)
    assert dataclasses.replace(whole, selected=(wine.id,)).share == whole.share
    assert plan(cell("build", "build", None)).share == 0.05


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
