"""The losses of a build's metrics with their intervals, each in units of what is tolerated."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dashboards.style import BASELINE, CANDIDATE, GREY, Json, rounded, title
from dashboards.view import View
from qualify.core.atlas import Atlas
from qualify.core.grid import Column
from qualify.core.verdict import MetricEvidence
from qualify.rendering.evidence import name
from qualify.rendering.text import effect, interval

ROWS = 40
"""The most metrics of a figure, the worst first; the rest is nearer to none."""
_HEIGHT, _FRAME = 30, 92  # pixels of a row, and of what is around all of them
_LEAST, _MOST = -2.0, 3.0  # margins that the axis shows at least, and reaches beyond at most


class _Bar(NamedTuple):
    """A metric of a cell; `low`, `mid` and `high` in margins, infinite where nothing bounds it."""

    label: str
    told: str
    low: float
    mid: float
    high: float
    colour: str


def effects(_: Atlas, column: Column) -> Iterator[Json]:
    """Draw every metric whose loss is bounded, the worst on top; nothing where none is."""
    found = sorted(_bars(column), key=lambda bar: bar.mid, reverse=True)
    if not found:
        return
    shown = found[:ROWS]
    left = f" (the worst {ROWS} of {len(found)})" if len(found) > ROWS else ""
    ends = _ends(shown)
    places = list(range(len(shown)))
    yield {
        "data": [*_intervals(shown, ends), _points(shown)],
        "layout": {
            "title": title(f"Loss in margins{left}", ": 0 baseline, 1 tolerated"),
            "height": _FRAME + _HEIGHT * len(shown),
            "margin": {"l": 12},
            "xaxis": {"range": ends, "showgrid": True, "gridcolor": "rgba(127,135,144,0.22)"},
            "yaxis": {"range": [len(shown) - 0.4, -0.8], "visible": False, "fixedrange": True},
            "shapes": [_upright(0, BASELINE, "solid"), _upright(1, CANDIDATE, "dash")],
            "annotations": [_name(bar, place) for bar, place in zip(shown, places, strict=True)],
        },
    }


VIEW = View("Effects", "build", effects)


def _bars(column: Column) -> Iterator[_Bar]:
    for square in column.squares.values():
        for one in square.verdict.metrics:
            known = one.effect is not None and math.isfinite(one.effect) and one.threshold > 0
            if known and one.interval and one.interval != (None, None):
                yield _bar(square.cell.id, one)


def _bar(cell: str, one: MetricEvidence) -> _Bar:
    low, high = one.interval or (one.effect, one.effect)
    ends = (-math.inf if low is None else low, math.inf if high is None else high)
    status = one.status
    colour = CANDIDATE if status.red else BASELINE if status.green else GREY
    return _Bar(
        html.escape(f"{cell} · {name(one)}"),
        f"loss {effect(one)}, 95 % interval {interval(one)}",
        ends[0] / one.threshold,
        (one.effect or 0.0) / one.threshold,
        ends[1] / one.threshold,
        colour,
    )


def _ends(bars: Sequence[_Bar]) -> list[float]:
    """Show every point, and intervals as far as the outermost point needs room anyway."""
    mids = [bar.mid for bar in bars]
    bounds = [v for bar in bars for v in (bar.low, bar.high) if math.isfinite(v)]
    low = min(*mids, max(_LEAST, min(bounds, default=0.0)), 0.0) - 0.2
    high = max(*mids, min(_MOST, max(bounds, default=1.0)), 1.0) + 0.2
    return [round(low, 2), round(high, 2)]


def _intervals(bars: Sequence[_Bar], ends: Sequence[float]) -> Iterator[Json]:
    """The intervals of each colour as one broken line; an open side runs to the axis's end."""
    for colour in dict.fromkeys(bar.colour for bar in bars):
        mine = [(place, bar) for place, bar in enumerate(bars) if bar.colour == colour]
        x = [v for _, b in mine for v in (max(b.low, ends[0]), min(b.high, ends[1]), math.nan)]
        yield {
            "type": "scatter",
            "x": rounded(x),
            "y": [y for place, _ in mine for y in (place, place, None)],
            "mode": "lines",
            "hoverinfo": "skip",
            "line": {"color": colour, "width": 2},
        }


def _points(bars: Sequence[_Bar]) -> Json:
    return {
        "type": "scatter",
        "x": rounded(bar.mid for bar in bars),
        "y": list(range(len(bars))),
        "mode": "markers",
        "text": [f"{bar.label}<br>{bar.told}" for bar in bars],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": [bar.colour for bar in bars], "symbol": "diamond", "size": 8},
    }


def _upright(at: float, colour: str, dash: str) -> Json:
    look = {"color": colour, "width": 1.5, "dash": dash}
    place = {"xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1}
    return {"type": "line", **place, "line": look}


def _name(bar: _Bar, place: int) -> Json:
    """The name above its line, where it has the whole width on a phone, too."""
    where = {"xref": "paper", "x": 0, "xanchor": "left", "y": place - 0.42, "yanchor": "middle"}
    return {**where, "text": bar.label, "align": "left"}
