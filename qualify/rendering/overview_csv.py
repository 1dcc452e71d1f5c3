"""The overview as CSV: a line for each square that a build has scheduled."""

from __future__ import annotations

import csv
import io
import math

from qualify.core.overview import Overview
from qualify.core.verdict import Status
from qualify.rendering.text import printable

HEAD = (
    *("target", "build", "version", "time", "decision", "cell", "suite", "name", "lane", "owner"),
    *("status", "metric", "unit", "value", "loss", "trainings", "seconds"),
)


def overview_csv(overview: Overview) -> str:
    """Write RFC 4180: printable text, numbers so that they read back, "" for none."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for at, row in enumerate(overview.rows):
        place = (row.id, row.suite, row.name, row.lane, row.owner)
        for build, point in overview.history(at):
            if point.status is not Status.NOT_SCHEDULED:
                head = (overview.target, build.id, build.version, build.time, build.answer)
                numbers = (_number(point.value), _number(point.loss))
                rest = (row.metric, row.unit, *numbers, point.trainings, _number(point.seconds))
                words = map(printable, map(str, (*head, *place, point.status.value, *rest)))
                writer.writerow(words)
    return out.getvalue()


def _number(value: float) -> str:
    """Single precision, as it is kept."""
    return f"{value:.9g}" if math.isfinite(value) else ""
