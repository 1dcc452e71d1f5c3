"""A strip plot: every replicate of the baseline and of the candidate, and the margin between."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from statistics import fmean

from dashboards.style import BASELINE, CANDIDATE, GREY, Json, band, line, rounded, title
from qualify.core.metric import Metric, find
from qualify.core.verdict import MetricEvidence

PAIRS = 12  # more connecting lines than this are a thicket
_GOLDEN = 0.6180339887498949
_MARKERS: tuple[Json, Json] = (
    {"color": BASELINE, "symbol": "circle"},
    {"color": CANDIDATE, "symbol": "diamond"},
)


def strip(evidence: MetricEvidence) -> Json:
    """Draw the replicates side by side with the baseline's mean and the margin around it.

    Lines join the two arms of a seed where the test was of pairs; elsewhere no point of the one
    arm belongs to one of the other.
    """
    metric = find(evidence.metric)
    unit = f" [{evidence.unit}]" if evidence.unit else ""
    better = f", {metric.direction} is better" if metric else ""
    against = html.escape(evidence.against)  # plotly reads tags in its texts
    arms = [f"{len(evidence.baseline)} {against}", f"{len(evidence.candidate)} candidate"]
    return {
        "data": [*_pairs(evidence), *_arms(evidence)],
        "layout": {
            "title": title(f"{evidence.metric}{unit}", better),
            "xaxis": {"tickvals": [0, 1], "ticktext": arms, "range": [-0.5, 1.5]},
            **_margin(evidence, metric),
        },
    }


def limits(evidence: MetricEvidence) -> tuple[float, float, float] | None:
    """Where the baseline's mean, the tolerated worst and the mirrored best lie, in the unit."""
    values = [v for v in evidence.baseline if math.isfinite(v)]
    metric = find(evidence.metric)
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
    """Spread points over part of a column, the same way every time."""
    return [round(((i * _GOLDEN) % 1.0 - 0.5) * 0.3, 2) for i in range(count)]


def _arms(evidence: MetricEvidence) -> list[Json]:
    theirs = evidence.seeds if _paired(evidence) else ()
    return [
        _points(0, evidence.baseline, theirs, html.escape(evidence.against)),
        _points(1, evidence.candidate, evidence.seeds, "candidate"),
    ]


def _points(at: int, values: Sequence[float], seeds: Sequence[int], name: str) -> Json:
    told: Json = {"customdata": list(seeds)} if seeds else {}
    label = f"{name}, seed %{{customdata}}" if seeds else name
    return {
        "type": "scatter",
        "x": [round(at + shift, 2) for shift in jitter(len(values))],
        "y": rounded(values),
        "name": name,
        "mode": "markers",
        "hovertemplate": f"{label}<br>%{{y:.5g}}<extra></extra>",
        "marker": {**_MARKERS[at], "size": 8 if len(values) <= PAIRS else 6, "opacity": 0.8},
        **told,
    }


def _pairs(evidence: MetricEvidence) -> list[Json]:
    """One broken line through all pairs; none where there are many, or no pairs at all."""
    pairs = list(zip(evidence.baseline, evidence.candidate, strict=False))
    if not _paired(evidence) or not 0 < len(pairs) <= PAIRS:
        return []
    return [
        {
            "type": "scatter",
            "x": [x for shift in jitter(len(pairs)) for x in (shift, round(1 + shift, 2), None)],
            "y": rounded(v for pair in pairs for v in (*pair, math.nan)),
            "mode": "lines",
            "line": {"color": GREY, "width": 0.8},
            "hoverinfo": "skip",
            "opacity": 0.6,
        }
    ]


def _paired(evidence: MetricEvidence) -> bool:
    return evidence.test == "pairs"


def _margin(evidence: MetricEvidence, metric: Metric | None) -> Json:
    """The mean and the tolerated worst, named between the arms on their outer sides."""
    lines = limits(evidence)
    if lines is None or metric is None:
        return {}
    mean, worst, best = (float(f"{value:.5g}") for value in lines)
    up = metric.direction == "lower"
    sides = ("top", "bottom") if up else ("bottom", "top")
    texts = (f"{html.escape(evidence.against)} mean", "mean + margin" if up else "mean − margin")
    named = zip((mean, worst), texts, sides, strict=True)
    notes = [{"x": 0.5, "y": y, "text": text, "yanchor": side} for y, text, side in named]
    return {
        "shapes": [
            band(best, worst, BASELINE),
            line(mean, BASELINE),
            line(worst, CANDIDATE, "dash"),
        ],
        "annotations": notes,
    }
