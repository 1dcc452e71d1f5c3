import dataclasses
import json
import math

import plotly.graph_objects as go
import pytest

from dashboards.evidence import evidence_path, extent
from dashboards.style import TEMPLATE
from qualify.core.verdict import Status
from tests.factories import evidence

REGRESSED = evidence(Status.REGRESSED, shift=0.058)


def test_plotly_knows_everything_that_a_figure_says():
    """The figure and what all figures share pass the validation of the plotting library."""
    figure = evidence_path(REGRESSED)
    go.Figure({**figure, "layout": {**figure["layout"], "template": TEMPLATE}})


def test_a_point_per_training():
    """Both paths begin at the first training and have the stored evidence of each."""
    worse, within = evidence_path(REGRESSED)["data"]
    assert (worse["x0"], within["x0"]) == (1, 1)
    assert worse["y"] == pytest.approx(REGRESSED.worse, rel=1e-4)
    assert within["y"] == pytest.approx(REGRESSED.within, rel=1e-4)


def test_the_regions_begin_at_the_limits():
    """Regressed lies above the one limit, passed below the other, each with its name."""
    layout = evidence_path(REGRESSED)["layout"]
    low, high = layout["yaxis"]["range"]
    regions = [(s["y0"], s["y1"]) for s in layout["shapes"] if s["type"] == "rect"]
    assert regions == [(6.51, high), (-2.54, low)]
    names = [note["text"].split("</span> ")[1] for note in layout["annotations"]]
    assert names == ["regressed from 6.51", "passed from −2.54"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"worse": (30.0,), "within": (-1.0,)},
        {"worse": (), "within": (), "reject": None, "accept": None},
        {"worse": (math.inf, 1.0)},
    ],
)
def test_all_finite_evidence_is_in_sight(change):
    """The axis reaches beyond every point and both limits, and is never empty."""
    one = dataclasses.replace(REGRESSED, **change)
    low, high = extent(one)
    marks = (*one.worse, *one.within, one.reject or 0, one.accept or 0)
    assert low < min(filter(math.isfinite, marks)) <= max(filter(math.isfinite, marks)) < high


def test_a_test_without_a_passing_side_has_one_region():
    """A test of the spread regresses or does not; there is nothing to come down to."""
    spread = dataclasses.replace(REGRESSED, test="spread", within=(), accept=-math.inf)
    figure = evidence_path(spread)
    assert len(figure["data"]) == len(figure["layout"]["annotations"]) == 1
    assert figure["layout"]["title"]["text"].startswith("log_loss · spread:")


def test_evidence_that_is_not_finite_is_a_gap():
    """Infinite evidence is left out of the path, and the figure stays valid JSON."""
    figure = evidence_path(dataclasses.replace(REGRESSED, worse=(-math.inf, 1.0, math.nan)))
    assert figure["data"][0]["y"] == [None, 1.0, None]
    json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize(("count", "step"), [(1, 1), (8, 1), (9, 2), (30, 5), (60, 10)])
def test_ticks_are_whole_trainings(count, step):
    """However many trainings there are, the ticks lie on whole numbers and are few."""
    figure = evidence_path(dataclasses.replace(REGRESSED, worse=(1.0,) * count, within=()))
    assert figure["layout"]["xaxis"]["dtick"] == step


def test_a_metrics_name_is_no_markup():
    """Tags in a metric's name are shown, not followed."""
    hostile = dataclasses.replace(REGRESSED, metric="<a href='http://x'>y</a>")
    assert "<a" not in json.dumps(evidence_path(hostile))
