"""The steps in a row's history: its levels, and which build is likely to have made each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from dashboards.style import CANDIDATE, Json, rounded
from qualify.core.changes import ChangePoint

Places = Mapping[str, int]
"""Where each build is on the axis."""
_LOW, _HIGH = 0.17, 0.29  # the heights that divide the posterior from the history above it

PANES: Json = {
    "annotations": [
        {
            "xref": "paper",
            "yref": "paper",
            "x": 0,
            "y": _LOW,
            "xanchor": "left",
            "yanchor": "bottom",
            "text": "probability that the step came with a build",
        }
    ],
    "yaxis": {"domain": [_HIGH, 1]},
    "yaxis2": {
        "domain": [0, _LOW],
        "range": [0, 1],
        "tickvals": [0, 1],
        "fixedrange": True,
        "zeroline": False,
        "showgrid": False,
        "tickformat": ".0%",
    },
}
"""Two panes: the history, and below it the probabilities."""


def levels(steps: Sequence[ChangePoint], places: Places) -> Iterator[Json]:
    """The level before the first step, and the level since each."""
    if not steps:
        return
    ends = [0, *(places[one.build] - 0.5 for one in steps), len(places) - 1]
    heights = [steps[0].before, *(one.after for one in steps)]
    yield {
        "type": "scatter",
        "x": [x for low, high in pairwise(ends) for x in (low, high, None)],
        "y": [y for level in rounded(heights) for y in (level, level, None)],
        "mode": "lines",
        "name": "level",
        "hoverinfo": "skip",
        "line": {"color": CANDIDATE, "width": 2, "dash": "dot"},
    }


def posteriors(steps: Sequence[ChangePoint], places: Places) -> Iterator[Json]:
    """How likely each build is to have made a step."""
    for one in steps:
        known = [(places[build], share) for build, share in one.posterior if build in places]
        yield {
            "type": "bar",
            "x": [place for place, _ in known],
            "y": rounded(share for _, share in known),
            "yaxis": "y2",
            "name": "came with this build",
            "marker": {"color": CANDIDATE},
            "hovertemplate": "came with this build: %{y:.0%}<extra></extra>",
        }


def shades(steps: Sequence[ChangePoint], places: Places) -> Iterator[Json]:
    """Shade the builds that hold 90 % of a step, behind both parts."""
    for one in steps:
        oldest, newest = (places.get(build, 0) for build in one.interval)
        yield {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": oldest - 0.5,
            "x1": newest + 0.5,
            "y0": 0,
            "y1": 1,
            "fillcolor": CANDIDATE,
            "opacity": 0.1,
        }
