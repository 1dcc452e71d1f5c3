"""A strip plot: every replicate of the baseline and of the candidate, and the margin between."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from statistics import fmean

import plotly.graph_objects as go

from qualify.core.metric import METRICS, Metric
from qualify.core.verdict import MetricEvidence

BASELINE = "#2b8cd0"  # blue and vermillion: told apart by every kind of vision, and legible
CANDIDATE = "#e0661a"  # on white as on black
GREY = "#7f8790"
PAIRS = 12  # more connecting lines than this are a thicket
_GOLDEN = 0.6180339887498949


def strip(evidence: MetricEvidence) -> go.Figure:
    """Draw the replicates side by side with the baseline's mean and the margin around it."""
    metric = METRICS.get(evidence.metric)
    unit = f" [{evidence.unit}]" if evidence.unit else ""
    title = html.escape(f"{evidence.metric}{unit}")  # plotly reads tags in its texts
    better = f", {metric.direction} is better" if metric else ""
    return go.Figure(
        data=[*_pairs(evidence), *_arms(evidence)],
        layout={
            "template": {},
            "title": {"text": f"{title}{better}", "font": {"size": 13}, "x": 0},
            "height": 300,
            "margin": {"l": 64, "r": 104, "t": 34, "b": 30},
            "showlegend": False,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "system-ui, sans-serif", "color": GREY, "size": 12},
            "xaxis": {
                "tickvals": [0, 1],
                "ticktext": ["baseline", "candidate"],
                "range": [-0.5, 1.5],
                "zeroline": False,
                "showgrid": False,
                "fixedrange": True,
            },
            "yaxis": {"zeroline": False, "gridcolor": "rgba(127,135,144,0.22)", "nticks": 6},
            "shapes": _margin_shapes(evidence, metric),
            "annotations": _annotations(evidence, metric),
        },
    )


def limits(evidence: MetricEvidence) -> tuple[float, float, float] | None:
    """Where the baseline's mean, the tolerated worst and the mirrored best lie, in the unit."""
    values = _finite(evidence.baseline)
    metric = METRICS.get(evidence.metric)
    if not values or metric is None:
        return None
    sign = 1.0 if metric.direction == "lower" else -1.0
    if metric.scale == "log" and min(values) > 0:
        mean = math.exp(fmean(math.log(v) for v in values))
        factor = math.exp(sign * evidence.threshold)
        return mean, mean * factor, mean / factor
    mean = fmean(values)
    return mean, mean + sign * evidence.threshold, mean - sign * evidence.threshold


def jitter(count: int) -> list[float]:
    """Spread points over a third of a column, the same way every time."""
    return [round(((i * _GOLDEN) % 1.0 - 0.5) * 0.36, 4) for i in range(count)]


def _finite(values: Sequence[float]) -> list[float]:
    return [v for v in values if math.isfinite(v)]


def _arms(evidence: MetricEvidence) -> list[go.Scatter]:
    baseline = {"color": BASELINE, "symbol": "circle", "size": 8, "opacity": 0.85}
    candidate = {"color": CANDIDATE, "symbol": "diamond", "size": 8, "opacity": 0.85}
    return [
        _points(0, evidence.baseline, evidence.seeds, baseline),
        _points(1, evidence.candidate, evidence.seeds, candidate),
    ]


def _points(
    at: int, values: Sequence[float], seeds: Sequence[int], marker: dict[str, object]
) -> go.Scatter:
    name = ("baseline", "candidate")[at]
    labels = [f"{name}, seed {seed}" for seed in seeds]
    return go.Scatter(
        x=[at + shift for shift in jitter(len(values))],
        y=[v if math.isfinite(v) else None for v in values],
        text=labels,
        name=name,
        mode="markers",
        hovertemplate="%{text}<br>%{y:.5g}<extra></extra>",
        marker=marker,
    )


def _pairs(evidence: MetricEvidence) -> list[go.Scatter]:
    """One broken line through all pairs; none where there are many."""
    pairs = list(zip(evidence.baseline, evidence.candidate, strict=False))
    if not 0 < len(pairs) <= PAIRS:
        return []
    shifts = jitter(len(pairs))
    x = [v for shift in shifts for v in (shift, 1 + shift, None)]
    y = [v if math.isfinite(v) else None for pair in pairs for v in (*pair, math.nan)]
    line = {"color": GREY, "width": 0.8}
    return [go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", opacity=0.6)]


def _margin_shapes(evidence: MetricEvidence, metric: Metric | None) -> list[dict[str, object]]:
    lines = limits(evidence)
    if lines is None or metric is None:
        return []
    mean, worst, best = lines
    base: dict[str, object] = {"xref": "paper", "x0": 0, "x1": 1, "layer": "below"}
    band = {"type": "rect", "y0": best, "y1": worst, "fillcolor": "rgba(43,140,208,0.10)"}
    return [
        {**base, **band, "line": {"width": 0}},
        {**base, "type": "line", "y0": mean, "y1": mean, "line": {"color": BASELINE, "width": 1.5}},
        {
            **base,
            "type": "line",
            "y0": worst,
            "y1": worst,
            "line": {"color": CANDIDATE, "width": 1.5, "dash": "dash"},
        },
    ]


def _annotations(evidence: MetricEvidence, metric: Metric | None) -> list[dict[str, object]]:
    lines = limits(evidence)
    if lines is None or metric is None:
        return []
    base = {"xref": "paper", "x": 1.01, "xanchor": "left", "showarrow": False, "align": "left"}
    return [
        {**base, "y": lines[0], "text": "baseline mean"},
        {**base, "y": lines[1], "text": "mean + margin" if _up(metric) else "mean − margin"},
    ]


def _up(metric: Metric) -> bool:
    return metric.direction == "lower"
