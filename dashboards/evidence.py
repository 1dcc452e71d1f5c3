"""The sequential evidence, training by training, on its way between the two limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dashboards.style import BASELINE, CANDIDATE, Json, band, line, rounded, title
from qualify.core.verdict import MetricEvidence
from qualify.rendering.evidence import name
from qualify.rendering.text import number

_STEPS = (1, 2, 5, 10, 20, 50)
_TICKS = 8
_ROOM = 0.16  # of the height, kept free beyond each limit for the region's name


class _Side(NamedTuple):
    """A region that decides: from its limit to the end of the axis."""

    name: str
    limit: float
    end: float
    colour: str
    dash: str
    anchor: str


def evidence_path(evidence: MetricEvidence) -> Json:
    """Draw both sides' evidence after each training, with the regions where they decide.

    The candidate has regressed where the solid path reaches `reject`, and passes where the dotted
    one comes down to `accept`. A test without one of the sides has no region for it.
    """
    count = max(len(evidence.worse), len(evidence.within))
    low, high = extent(evidence)
    sides = list(_sides(evidence, low, high))
    step = next((s for s in _STEPS if count <= s * _TICKS), _STEPS[-1])
    return {
        "data": list(_paths(evidence)),
        "layout": {
            "title": title(name(evidence), ": evidence after each training"),
            "xaxis": {"title": {"text": "trainings"}, "range": [0.5, count + 0.5], "dtick": step},
            "yaxis": {"range": [low, high]},
            "shapes": list(_shapes(sides)),
            "annotations": list(_names(sides)),
        },
    }


def extent(evidence: MetricEvidence) -> tuple[float, float]:
    """The lowest and highest evidence to show: all of it, with room beyond the limits."""
    limits = (evidence.reject or 0.0, evidence.accept or 0.0)
    shown = (0.0, *limits, *evidence.worse, *evidence.within)
    marks = [one for one in shown if math.isfinite(one)]
    room = _ROOM * (max(marks) - min(marks) or 1.0)
    low, high = rounded((min(marks) - room, max(marks) + room))
    return low or 0.0, high or 0.0


def _paths(evidence: MetricEvidence) -> Iterator[Json]:
    yield from _path("up to regressed", evidence.worse, CANDIDATE, "solid", "diamond")
    yield from _path("down to passed", evidence.within, BASELINE, "dot", "circle")


def _path(
    side: str, values: tuple[float, ...], colour: str, dash: str, symbol: str
) -> Iterator[Json]:
    if values:
        yield {
            "type": "scatter",
            "x0": 1,
            "y": rounded(values),
            "name": side,
            "mode": "lines+markers",
            "line": {"color": colour, "width": 2, "dash": dash},
            "marker": {"color": colour, "symbol": symbol, "size": 6},
            "hovertemplate": f"training %{{x}}<br>evidence {side}: %{{y:.3g}}<extra></extra>",
        }


def _sides(evidence: MetricEvidence, low: float, high: float) -> Iterator[_Side]:
    """The regions of the sides that the test has."""
    reject, accept = evidence.reject, evidence.accept
    if reject is not None and math.isfinite(reject):
        yield _Side("regressed from", reject, high, CANDIDATE, "solid", "top")
    if accept is not None and math.isfinite(accept):
        yield _Side("passed from", accept, low, BASELINE, "dot", "bottom")


def _shapes(sides: Iterable[_Side]) -> Iterator[Json]:
    for side in sides:
        yield band(side.limit, side.end, side.colour)
        yield line(side.limit, side.colour, side.dash)


def _names(sides: Iterable[_Side]) -> Iterator[Json]:
    """Name the regions in the corners that both paths leave first."""
    place = {"xref": "paper", "x": 0.01, "xanchor": "left"}
    for side in sides:
        mark = f'<span style="color:{side.colour}">■</span>'
        text = f"{mark} {side.name} {number(side.limit, 3)}"
        yield {**place, "y": side.end, "yanchor": side.anchor, "text": text}
