"""The share of red cells in each build of each target, the newest build on the right."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from dashboards.history import BUILDS
from dashboards.style import BASELINE, CANDIDATE, GREY, Json, title
from qualify.core.overview import Overview
from qualify.rendering.turns import share_red

_COLOURS = (BASELINE, CANDIDATE, GREY)
_DASHES = ("solid", "dot", "dash", "longdash", "dashdot")
_LEGEND = {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"}


def shares(targets: Sequence[Overview]) -> Iterator[Json]:
    """Draw the targets together, counted back from the newest build of each."""
    lines = [_line(one, at) for at, one in enumerate(targets) if one.builds]
    if lines:
        yield {
            "data": lines,
            "layout": {
                "title": title("Share of red cells", ", build by build"),
                "showlegend": len(lines) > 1,
                "legend": _LEGEND,
                "xaxis": {"title": {"text": "builds before the newest"}, "nticks": 8},
                "yaxis": {"tickformat": ".0%", "rangemode": "tozero"},
            },
        }


def _line(target: Overview, number: int) -> Json:
    builds = target.builds[:BUILDS]
    counts = [share_red(target, at) for at in range(len(builds))]
    return {
        "type": "scatter",
        "x": [-at for at in range(len(builds))][::-1],
        "y": [round(red / ran, 4) if ran else None for red, ran in counts][::-1],
        "text": [html.escape(f"{one.id} · {one.version}: {one.answer}") for one in builds][::-1],
        "name": html.escape(target.target),
        "mode": "lines+markers",
        "cliponaxis": False,
        "hovertemplate": "%{text}<br>%{y:.1%} red<extra></extra>",
        "line": {
            "color": _COLOURS[number % len(_COLOURS)],
            "dash": _DASHES[number % len(_DASHES)],
            "width": 2,
        },
        "marker": {"size": 5},
    }
