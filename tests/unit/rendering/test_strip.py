import dataclasses
import json
import math

import plotly.graph_objects as go
import pytest

from dashboards.strip import PAIRS, jitter, limits, strip
from dashboards.style import TEMPLATE
from tests.factories import evidence

SECONDS = "fit_seconds"


def test_the_same_evidence_draws_the_same_figure():
    """Jitter comes from the position, so a figure does not change from one drawing to the next."""
    assert strip(evidence()) == strip(evidence())
    assert max(map(abs, jitter(100))) <= 0.15


@pytest.mark.parametrize("metric", ["log_loss", SECONDS])
def test_plotly_knows_everything_that_a_figure_says(metric):
    """The figure and what all figures share pass the validation of the plotting library."""
    figure = strip(evidence(metric=metric))
    go.Figure({**figure, "layout": {**figure["layout"], "template": TEMPLATE}})


def test_stored_replicates_are_not_joined():
    """Where the baseline's values belong to no seed of the candidate, nothing says they do."""
    baseline, candidate = strip(evidence())["data"]
    assert (len(baseline["y"]), len(candidate["y"])) == (50, 8)
    assert "customdata" not in baseline
    assert candidate["customdata"] == list(range(8))


def test_few_pairs_are_joined_and_many_are_not():
    """Lines join the two values of a seed while they can be followed by eye."""
    assert len(strip(evidence(n=PAIRS, metric=SECONDS))["data"]) == 3
    lines, baseline, candidate = strip(evidence(n=2, metric=SECONDS))["data"]
    ends = [v for pair in zip(baseline["y"], candidate["y"], strict=True) for v in (*pair, None)]
    assert lines["y"] == ends
    assert len(strip(evidence(n=PAIRS + 1, metric=SECONDS))["data"]) == 2


def test_the_margin_lies_on_the_side_where_a_metric_gets_worse():
    """The tolerated worst is above the mean where lower is better, and below where higher is."""
    low = dataclasses.replace(evidence(), baseline=(0.25, 0.35), threshold=0.02)
    assert limits(low) == pytest.approx((0.30, 0.32, 0.28))
    assert limits(dataclasses.replace(low, metric="auc")) == pytest.approx((0.30, 0.28, 0.32))


def test_a_relative_margin_is_a_factor_of_the_geometric_mean():
    """On the log scale the limits are the mean times and divided by one plus the margin."""
    seconds = dataclasses.replace(evidence(metric=SECONDS), baseline=(4.0, 9.0))
    assert limits(seconds) == pytest.approx((6.0, 7.2, 5.0))


def test_the_anchor_is_named():
    """A comparison with the anchor does not call it the baseline."""
    layout = strip(dataclasses.replace(evidence(), against="anchor"))["layout"]
    assert layout["xaxis"]["ticktext"] == ["50 anchor", "8 candidate"]
    assert layout["annotations"][0]["text"] == "anchor mean"


@pytest.mark.parametrize(
    "change",
    [
        {"baseline": (), "candidate": ()},
        {"candidate": (math.nan, math.inf)},
        {"baseline": (math.nan,)},
        {"metric": "unheard_of"},
    ],
)
def test_odd_evidence_still_draws(change):
    """Missing or infinite values and unknown metrics give a figure of what there is."""
    figure = strip(dataclasses.replace(evidence(), **change))
    assert figure["layout"]["title"]["text"]
    json.dumps(figure, allow_nan=False)


def test_a_metrics_name_is_no_markup():
    """Tags in a name are shown, not followed."""
    tag = "<a href='http://x'>y</a>"
    assert "<a" not in json.dumps(strip(dataclasses.replace(evidence(), metric=tag, against=tag)))


def test_a_figure_is_small():
    """Fifty and thirty points take less than three kilobytes, for a page holds thousands."""
    assert len(json.dumps(strip(evidence(n=30)), separators=(",", ":"))) < 3000
