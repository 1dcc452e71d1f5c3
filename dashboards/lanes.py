"""One canary on all its lanes: its metric over the builds, a line a lane."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence

from dashboards.history import BUILDS
from dashboards.style import BASELINE, CANDIDATE, GREY, Json, rounded, title
from qualify.core.atlas import Atlas
from qualify.core.overview import RowHead

_COLOURS = (BASELINE, CANDIDATE, GREY)
_DASHES = ("solid", "dot", "dash", "longdash", "dashdot")
_LEGEND = {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"}


def lanes(atlas: Atlas, rows: Sequence[RowHead]) -> Iterator[Json]:
    """Draw the rows of one metric together, the oldest build first; a figure for each metric."""
    for metric in dict.fromkeys(row.metric for row in rows if row.metric):
        mine = [row for row in rows if row.metric == metric]
        lines = [line for at, row in enumerate(mine) for line in _line(atlas, row, at)]
        if lines:
            unit = f" [{mine[0].unit}]" if mine[0].unit else ""
            yield {
                "data": lines,
                "layout": {
                    "title": title(f"{metric}{unit}", ": mean of each build, by lane"),
                    "showlegend": True,
                    "legend": _LEGEND,
                    "xaxis": {"type": "category", "nticks": 8},
                },
            }


def _line(atlas: Atlas, row: RowHead, number: int) -> Iterator[Json]:
    """A lane's line, told apart by colour and by dashes."""
    place = atlas.overview.row_places[row.id]
    newest = min(BUILDS, len(atlas.overview.builds))
    points = [atlas.overview.point(place, at).value for at in reversed(range(newest))]
    if any(map(math.isfinite, points)):
        yield {
            "type": "scatter",
            "x": [html.escape(head.id) for head in reversed(atlas.overview.builds[:newest])],
            "y": rounded(points),
            "name": html.escape(row.lane or row.id),
            "mode": "lines+markers",
            "connectgaps": True,
            "line": {
                "color": _COLOURS[number % len(_COLOURS)],
                "dash": _DASHES[number % len(_DASHES)],
                "width": 2,
            },
            "marker": {"size": 5},
        }
