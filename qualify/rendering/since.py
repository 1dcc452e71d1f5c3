"""Since when a row is as it is: its history, its change points and its first bad build in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.metric import find
from qualify.core.overview import CODES, BuildHead, Overview, Point, RowHead
from qualify.core.verdict import Status
from qualify.rendering.losses import spoken
from qualify.rendering.text import number

GOOD = (Status.PASSED, Status.IMPROVED)
"""Green, and not because the baseline is as bad."""


def row_of(overview: Overview, identifier: str) -> int | None:
    """The place of a row, None where no build knows it."""
    return overview.row_places.get(identifier)


def build_of(overview: Overview, identifier: str) -> int | None:
    """The place of a build."""
    return overview.build_places.get(identifier)


def earlier(overview: Overview, row: int, build: int) -> Iterator[tuple[BuildHead, Status]]:
    """The builds before a build, the newest first, with the row's status in each."""
    start = row * len(overview.builds)
    for at in range(build + 1, len(overview.builds)):
        yield overview.builds[at], CODES[overview.statuses[start + at]]


def last_green(overview: Overview, cell: str, build: str) -> BuildHead | None:
    """The newest earlier build that passed a cell; else one that was green, but flaky."""
    row, at = row_of(overview, cell), build_of(overview, build)
    if row is None or at is None:
        return None
    passed = (one for one, status in earlier(overview, row, at) if status in GOOD)
    flaky = (one for one, status in earlier(overview, row, at) if status.green)
    return next(passed, None) or next(flaky, None)


def recent(overview: Overview, row: int, count: int) -> list[tuple[BuildHead, Point]]:
    """A row in the newest builds."""
    return list(islice(overview.history(row), count))


def first_bad(bad: FirstBad) -> str:
    """Say since when a row is red, as an interval where builds in between decide nothing."""
    if not bad.good:
        return f"red since {bad.build}, and no earlier build was green"
    if not bad.undecided:
        return f"red since {bad.build}; {bad.good}, the build before, was green"
    between = f"after {bad.good}, which was green, and up to {bad.build}"
    return f"red since {bad.build}; came {between} ({len(bad.undecided)} undecided in between)"


def changed(point: ChangePoint, row: RowHead | None = None) -> str:
    """Say what changed, by how much, with which build, and how sure that is."""
    way = "worse" if point.shift > 0 else "better"
    unit = f" {row.unit}" if row and row.unit else ""
    levels = f"{number(point.before)} to {number(point.after)}{unit}"
    step = f"{spoken(point.metric)} is {way} since {point.build}: from {levels}"
    oldest, newest = point.interval
    place = "" if oldest == newest else f"; 90 % sure that it came from {oldest} to {newest}"
    return f"{step} (loss {shift(point)}); {confidence(point)} sure that it changed{place}"


def shift(point: ChangePoint) -> str:
    """The size of a step as a loss with its interval, relative ones in per cent."""
    low, high = (lost(point.metric, bound) for bound in point.bounds)
    return f"{lost(point.metric, point.shift)} [{low} … {high}]"


def confidence(point: ChangePoint) -> str:
    """The probability that there is a step, never rounded up to certainty."""
    share = 100 * point.confidence
    return "> 99.9 %" if share > 99.9 else f"{number(share, 3)} %"  # noqa: PLR2004 -- as written


def lost(name: str, value: float) -> str:
    """A loss of a metric on the judged scale with its sign, relative ones in per cent."""
    metric = find(name)
    if math.isnan(value):
        return "–"
    if metric is None or metric.scale == "raw":
        return f"{value:+.3g}".replace("-", "−")
    return f"{math.expm1(min(value, 700.0)) * 100:+.3g} %".replace("-", "−")
