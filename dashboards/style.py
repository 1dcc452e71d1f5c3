"""How every figure looks, and the few helpers that its numbers and texts go through.

Figures are plain JSON values as plotly reads them, not `go.Figure`: a page holds thousands, and
plotly's validation of each would take most of the time of drawing it.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable

Json = dict[str, object]

BASELINE = "#2b8cd0"  # blue and vermillion: told apart by every kind of vision, and legible
CANDIDATE = "#e0661a"  # on white as on black
GREY = "#7f8790"
_GRID = "rgba(127,135,144,0.22)"
_DIGITS = 5

TEMPLATE: Json = {
    "layout": {
        "title": {"font": {"size": 13}, "x": 0, "xanchor": "left"},
        "margin": {"l": 52, "r": 12, "t": 34, "b": 38},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "color": GREY, "size": 12},
        "xaxis": {
            "zeroline": False,
            "showgrid": False,
            "fixedrange": True,
            "title": {"font": {"size": 12}, "standoff": 4},
        },
        "yaxis": {"zeroline": False, "gridcolor": _GRID, "nticks": 6},
        "annotationdefaults": {"showarrow": False, "font": {"size": 11}},
        "shapedefaults": {
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "layer": "below",
            "line": {"width": 0},
        },
    }
}
"""What all figures share; a page holds it once and gives it to each figure that has none."""


def rounded(values: Iterable[float]) -> list[float | None]:
    """Keep five significant digits, more than a screen shows; None where a value is not finite."""
    return [float(f"{v:.{_DIGITS}g}") if math.isfinite(v) else None for v in values]


def title(name: str, rest: str = "") -> Json:
    """A figure's title; a name is no markup, although plotly reads tags in its texts."""
    return {"text": f"{html.escape(name)}{rest}"}


def band(low: float, high: float, colour: str) -> Json:
    """A tinted region over the whole width, behind the data."""
    return {"type": "rect", "y0": low, "y1": high, "fillcolor": colour, "opacity": 0.12}


def line(height: float, colour: str, dash: str = "solid") -> Json:
    """A level line over the whole width, behind the data."""
    look = {"color": colour, "width": 1.5, "dash": dash}
    return {"type": "line", "y0": height, "y1": height, "line": look}
