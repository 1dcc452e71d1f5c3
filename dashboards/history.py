"""A row's metric over the builds, with the steps in it and the builds that may have made them."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence

from dashboards.steps import PANES, levels, posteriors, shades
from dashboards.style import BASELINE, CANDIDATE, GREY, Json, rounded, title
from dashboards.view import View
from qualify.core.atlas import Atlas
from qualify.core.overview import BuildHead, Overview, Point, RowHead
from qualify.core.verdict import Status

BUILDS = 120
"""The most builds of a figure: more are told by the grid itself."""
_TICKS = 8

Entry = tuple[BuildHead, Point]


def history(atlas: Atlas, row: RowHead, build: str = "") -> Iterator[Json]:
    """Draw the means over the builds, oldest first; `build` is ringed. Nothing without values."""
    at = atlas.overview.row_places[row.id]
    line = _window(atlas.overview, at, build)
    if sum(math.isfinite(point.value) for _, point in line) == 0:
        return
    places = {head.id: place for place, (head, _) in enumerate(line)}
    steps = [c for c in atlas.changes.get(row.id, ()) if c.metric == row.metric]
    known = sorted((c for c in steps if c.build in places), key=lambda c: places[c.build])
    unit = f" [{row.unit}]" if row.unit else ""
    better = f", {row.direction} is better" if row.direction else ""
    yield {
        "data": [*_lines(line, build), *levels(known, places), *posteriors(known, places)],
        "layout": {
            "title": title(f"{row.metric}{unit}", f"{html.escape(better)}: mean of each build"),
            "xaxis": _axis([head for head, _ in line], bool(known)),
            "shapes": list(shades(known, places)),
            **_level([point.value for _, point in line if math.isfinite(point.value)]),
            **(PANES if known else {}),
        },
    }


VIEW = View("History", "row", history)


def _window(overview: Overview, row: int, build: str) -> list[Entry]:
    """The newest builds, or those around `build` where it is older, the oldest first."""
    count = len(overview.builds)
    marked = next((at for at, head in enumerate(overview.builds) if head.id == build), 0)
    start = max(0, min(marked - BUILDS // 2, count - BUILDS))
    inside = range(start, min(start + BUILDS, count))
    return [(overview.builds[at], overview.point(row, at)) for at in reversed(inside)]


def _lines(line: Sequence[Entry], build: str) -> Iterator[Json]:
    """All means as a line, and over it the builds that are red, undecided, or looked at."""
    told = [
        f"{html.escape(head.id)} · {html.escape(head.version)} · {point.trainings} trainings"
        for head, point in line
    ]
    values = rounded(point.value for _, point in line)
    yield {
        "type": "scatter",
        "y": values,
        "text": told,
        "mode": "lines+markers",
        "name": "mean",
        "connectgaps": True,
        "line": {"color": BASELINE, "width": 1.5},
        "marker": {"color": BASELINE, "size": 5},
        "hovertemplate": "%{text}<br>%{y:.5g}<extra></extra>",
    }
    yield from _marks(
        "red", [p.status.red for _, p in line], values, CANDIDATE, symbol="triangle-down"
    )
    undecided = [p.status in (Status.INCONCLUSIVE, Status.INFRA) for _, p in line]
    yield from _marks("undecided", undecided, values, GREY, symbol="circle-open")
    looked = [head.id == build for head, _ in line]
    yield from _marks("this build", looked, values, GREY, symbol="circle-open", size=16)


def _marks(
    name: str,
    wanted: Sequence[bool],
    values: Sequence[float | None],
    colour: str,
    *,
    symbol: str,
    size: int = 10,
) -> Iterator[Json]:
    places = [at for at, mark in enumerate(wanted) if mark and values[at] is not None]
    if places:
        yield {
            "type": "scatter",
            "x": places,
            "y": [values[at] for at in places],
            "mode": "markers",
            "name": name,
            "hoverinfo": "skip",
            "marker": {
                "color": colour,
                "symbol": symbol,
                "size": size,
                "line": {"width": 2 if "open" in symbol else 0},
            },
        }


def _level(values: Sequence[float]) -> Json:
    """A metric that never moved stands in the middle of its own scale, not of one from −1 to 1."""
    if min(values) != max(values) or not values[0]:
        return {}
    room = abs(values[0]) / 10
    return {"yaxis": {"range": [values[0] - room, values[0] + room]}}


def _axis(heads: Sequence[BuildHead], two: bool) -> Json:
    """Builds by name, as many as can be read; the newest always."""
    step = max(1, math.ceil(len(heads) / _TICKS))
    shown = list(range(len(heads) - 1, -1, -step))[::-1]
    return {
        "tickvals": shown,
        "ticktext": [html.escape(heads[at].id) for at in shown],
        "range": [-0.6, len(heads) - 0.4],
        **({"anchor": "y2"} if two else {}),
    }
