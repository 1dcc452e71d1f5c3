import dataclasses
import json
import math

import pytest

from dashboards.strip import PAIRS, jitter, limits, strip
from tests.factories import evidence


def test_the_same_evidence_draws_the_same_figure():
    """Jitter comes from the position, so a figure does not change from one drawing to the next."""
    assert strip(evidence()).to_json() == strip(evidence()).to_json()
    assert max(map(abs, jitter(100))) <= 0.18


def test_few_pairs_are_joined_and_many_are_not():
    """Lines join the two values of a seed while they can be followed by eye."""
    assert len(strip(evidence(n=PAIRS)).data) == 3
    assert len(strip(evidence(n=PAIRS + 1)).data) == 2


def test_the_margin_lies_on_the_side_where_a_metric_gets_worse():
    """The tolerated worst is above the mean where lower is better, and below where higher is."""
    low = dataclasses.replace(evidence(), baseline=(0.25, 0.35), threshold=0.02)
    assert limits(low) == pytest.approx((0.30, 0.32, 0.28))
    assert limits(dataclasses.replace(low, metric="auc")) == pytest.approx((0.30, 0.28, 0.32))


def test_a_relative_margin_is_a_factor_of_the_geometric_mean():
    """On the log scale the limits are the mean times and divided by one plus the margin."""
    seconds = dataclasses.replace(evidence(metric="fit_seconds"), baseline=(4.0, 9.0))
    assert limits(seconds) == pytest.approx((6.0, 7.2, 5.0))


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
    drawn = json.loads(figure.to_json())
    assert drawn["layout"]["title"]["text"]
    assert "NaN" not in figure.to_json()
    assert "Infinity" not in figure.to_json()


def test_a_metrics_name_is_no_markup():
    """Tags in a metric's name are shown, not followed."""
    figure = strip(dataclasses.replace(evidence(), metric="<a href='http://x'>y</a>"))
    assert "<a" not in figure.layout.title.text
