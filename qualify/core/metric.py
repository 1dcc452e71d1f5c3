"""The metrics the harness knows: unit, direction, the scale they are judged on."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

Direction = Literal["lower", "higher"]
Scale = Literal["raw", "log"]
Kind = Literal["quality", "resource"]


@dataclass(frozen=True)
class Metric:
    """A metric and how it is read.

    `direction` says which way is better. On the `log` scale differences are relative, and a
    margin of 0.1 means ten per cent.
    """

    name: str
    unit: str
    direction: Direction
    scale: Scale
    kind: Kind
    tasks: tuple[str, ...]

    def position(self, value: float) -> float:
        """A value on the judged scale, where larger is worse."""
        placed = math.log(value) if self.scale == "log" else value
        return placed if self.direction == "lower" else -placed

    def loss(self, candidate: float, baseline: float) -> float:
        """How much worse the candidate is than the baseline on the judged scale (< 0: better)."""
        return self.position(candidate) - self.position(baseline)

    def threshold(self, margin: float) -> float:
        """A margin as written by people, on the judged scale."""
        return math.log1p(margin) if self.scale == "log" else margin


_CLASSES = ("binary", "multiclass")
_REGRESSION = ("regression",)
_ALL = (*_CLASSES, *_REGRESSION)

METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        Metric("log_loss", "nat", "lower", "raw", "quality", _CLASSES),
        Metric("auc", "", "higher", "raw", "quality", _CLASSES),
        Metric("accuracy", "", "higher", "raw", "quality", _CLASSES),
        Metric("balanced_accuracy", "", "higher", "raw", "quality", _CLASSES),
        Metric("calibration_error", "", "lower", "raw", "quality", _CLASSES),
        Metric("lead_over_constant", "", "higher", "raw", "quality", _ALL),
        Metric("lead_over_linear", "", "higher", "raw", "quality", _ALL),
        Metric("rmse", "target", "lower", "log", "quality", _REGRESSION),
        Metric("mae", "target", "lower", "log", "quality", _REGRESSION),
        Metric("r2", "", "higher", "raw", "quality", _REGRESSION),
        Metric("fit_seconds", "CPU s", "lower", "log", "resource", _ALL),
        Metric("predict_seconds_per_1000_rows", "CPU s", "lower", "log", "resource", _ALL),
        Metric("peak_rss_mb", "MB", "lower", "log", "resource", _ALL),
        Metric("import_seconds", "CPU s", "lower", "log", "resource", _ALL),
        Metric("model_size_mb", "MB", "lower", "log", "resource", _ALL),
    )
}


SLICED = ("log_loss", "accuracy", "rmse", "mae")
"""The metrics that also exist for a slice of the test rows: `log_loss@city=Rome`."""
_SLICE = re.compile(r"(?P<metric>\w+)@(?P<column>[^=@]+)=(?P<value>[^=@]+)")


@dataclass(frozen=True)
class Slice:
    """A part of the test rows: those whose `column` holds `value`.

    The column `class` is the label itself; the value `missing` marks rows without one, and
    `present` the others.
    """

    metric: str
    column: str
    value: str


def slice_of(name: str) -> Slice | None:
    """Read `METRIC@COLUMN=VALUE`; None for a metric of all rows."""
    match = _SLICE.fullmatch(name)
    return Slice(**match.groupdict()) if match and match["metric"] in SLICED else None


def metric(name: str) -> Metric:
    """Give the metric of that name, sliced or not; raises KeyError."""
    part = slice_of(name)
    return replace(METRICS[part.metric], name=name) if part else METRICS[name]


def find(name: str) -> Metric | None:
    """Give the metric of that name, or None where the harness knows none."""
    return metric(name) if name in METRICS or slice_of(name) else None
