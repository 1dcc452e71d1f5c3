"""What a row's history says: where its metric stepped, and since when it is red."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import takewhile

import numpy as np

from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.grid import Column
from qualify.core.metric import Metric, find
from qualify.core.overview import Overview
from qualify.core.series import Series
from qualify.stats.changepoints import MOST, Step, steps
from qualify.stats.replicates import summaries


def series(
    row: str, metric: str, builds: Sequence[str], trained: Mapping[str, Mapping[int, float]]
) -> Series:
    """Sum up a history: by build, the oldest first, the metric's values in its unit by seed.

    Builds that `trained` does not name, and values that are off the metric's scale, say nothing.
    Raw values of the builds themselves: what they were compared with plays no part.
    """
    seeds = sorted({seed for build in builds for seed in trained.get(build, {})})
    known = find(metric)
    table = [[_position(known, trained.get(b, {}).get(s)) for s in seeds] for b in builds]
    values = np.array(table, dtype=np.float64).reshape(len(builds), len(seeds))
    mean, n, sd = (tuple(map(float, one)) for one in summaries(values))
    return Series(row, metric, tuple(builds), mean, n, sd)


def judged_series(columns: Sequence[Column], row: str, metric: str) -> Series:
    """The history of a cell's metric, from columns in any order of builds but the newest first."""
    oldest_first = columns[::-1]
    trained = {c.build.id: _trained(c, row, metric) for c in oldest_first}
    return series(row, metric, [c.build.id for c in oldest_first], trained)


def changes(history: Series) -> tuple[ChangePoint, ...]:
    """The steps of a history, the oldest first; of a very long one, those of its newest builds."""
    recent = history.newest(MOST)
    mean, n, sd = (np.array(one, dtype=np.float64) for one in (recent.mean, recent.n, recent.sd))
    return tuple(_change(recent, step) for step in steps(mean, n, sd))


def first_bad(overview: Overview, row: int) -> FirstBad | None:
    """Since when a row is red, by its statuses; None where its newest decided build is green."""
    squares = [
        (build.id, point.status)
        for build, point in overview.history(row)
        if point.status.red or point.status.green
    ]
    reds = [build for build, _ in takewhile(lambda square: square[1].red, squares)]
    if not reds:
        return None
    good = squares[len(reds)][0] if len(reds) < len(squares) else ""
    order = [build.id for build in overview.builds]
    between = order[order.index(reds[-1]) + 1 : order.index(good)] if good else []
    return FirstBad(overview.rows[row].id, good, reds[-1], tuple(between[::-1]))


def _trained(column: Column, row: str, metric: str) -> dict[int, float]:
    square = column.squares.get(row)
    found = [m for m in square.verdict.metrics if m.metric == metric] if square else []
    main = next((m for m in found if m.against == "baseline"), None)
    return dict(zip(main.seeds, main.candidate, strict=False)) if main else {}


def _change(history: Series, step: Step) -> ChangePoint:
    builds, metric = history.builds, find(history.metric)
    ranked = sorted(
        zip((builds[at] for at in step.suspects), map(float, step.posterior), strict=True),
        key=lambda one: -one[1],
    )
    return ChangePoint(
        row=history.row,
        metric=history.metric,
        build=builds[step.build],
        posterior=tuple(ranked),
        interval=(builds[step.oldest], builds[step.newest]),
        shift=step.shift,
        bounds=step.bounds,
        before=_value(metric, step.before),
        after=_value(metric, step.after),
        confidence=step.confidence,
    )


def _position(metric: Metric | None, value: float | None) -> float:
    """A value on the judged scale; NaN for none, and for one that is off the scale."""
    if value is None or not math.isfinite(value):
        return math.nan
    if metric is None:
        return value
    return math.nan if metric.scale == "log" and value <= 0.0 else metric.position(value)


def _value(metric: Metric | None, position: float) -> float:
    """A position on the judged scale in the metric's unit."""
    if metric is None:
        return position
    placed = position if metric.direction == "lower" else -position
    return math.exp(placed) if metric.scale == "log" else placed
