"""Metrics of several builds, each held against the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import numpy as np

from qualify.core.grid import Column
from qualify.core.metric import Kind, Metric, find
from qualify.core.plan import Cell
from qualify.judging.trained import Trained, place, trained
from qualify.stats.effect import Effect
from qualify.stats.fixed import paired, unpaired


@dataclass(frozen=True)
class Contrast:
    """A build against the first: the loss on the judged scale (> 0: worse) from `n` trainings.

    `same` counts those of them that predict bit for bit what the first build predicts; a contrast
    of `seeds` is of pairs, another of all values of both. `first` and `mean` are the means of the
    values compared, in the metric's unit.
    """

    n: int
    seeds: bool
    same: int
    first: float
    mean: float
    effect: Effect

    @property
    def shown(self) -> bool:
        """Whether the interval excludes that nothing changed."""
        lower, upper = self.effect.lower, self.effect.upper
        return (lower is not None and lower > 0.0) or (upper is not None and upper < 0.0)


@dataclass(frozen=True)
class Contrasted:
    """A metric of a cell: of each build the mean in the metric's unit, and the contrast."""

    cell: str
    metric: str
    unit: str
    kind: Kind
    judged: bool
    means: tuple[float | None, ...]
    contrasts: tuple[Contrast | None, ...]

    @property
    def alike(self) -> bool:
        """Whether every build repeats the first one's predictions in all shared trainings."""
        return all(one is not None and 0 < one.n == one.same for one in self.contrasts)

    @property
    def moved(self) -> bool:
        """Whether any build is shown to differ from the first."""
        return any(one is not None and one.shown for one in self.contrasts)


def contrasted(columns: Sequence[Column]) -> tuple[Contrasted, ...]:
    """Every metric that the harness knows, of every canary that one of the builds trained."""
    found = [_by_cell(column) for column in columns]
    cells = {name: ones[0].cell for groups in found for name, ones in groups.items()}
    return tuple(
        row
        for name, cell in cells.items()
        for row in _rows(cell, [groups.get(name, []) for groups in found])
    )


def _by_cell(column: Column) -> dict[str, list[Trained]]:
    groups: dict[str, list[Trained]] = defaultdict(list)
    for one in trained(column):
        groups[one.cell.id].append(one)
    return dict(groups)


def _rows(cell: Cell, builds: Sequence[Sequence[Trained]]) -> Iterator[Contrasted]:
    names = dict.fromkeys(name for ones in builds for one in ones for name in one.metrics)
    judged = {one.name for one in cell.canary.metrics} if cell.canary else set()
    for name in sorted(names, key=lambda one: one not in judged):
        metric = find(name)
        if metric is not None:
            values = [[one.metrics[name] for one in ones if name in one.metrics] for ones in builds]
            means = tuple(fmean(known) if known else None for known in values)
            first, *others = builds
            contrasts = tuple(_contrast(metric, ones, first) for ones in others)
            yield Contrasted(
                cell.id, name, metric.unit, metric.kind, name in judged, means, contrasts
            )


class _Placed(NamedTuple):
    at: float
    value: float
    predictions: str | None


def _contrast(metric: Metric, ones: Sequence[Trained], first: Sequence[Trained]) -> Contrast | None:
    """Of pairs where seeds and splits are shared, else of all values; None where one has none."""
    ours, theirs = _placed(metric, ones), _placed(metric, first)
    shared = [key for key in ours if key in theirs]
    if not ours or not theirs:
        return None
    mine = [ours[key] for key in shared or ours]
    other = [theirs[key] for key in shared or theirs]
    places = (np.array([one.at for one in mine]), np.array([one.at for one in other]))
    means = (fmean(one.value for one in other), fmean(one.value for one in mine))
    if not shared:
        return Contrast(len(mine), False, 0, *means, unpaired(*places))
    both = zip(mine, other, strict=True)
    same = sum(a.predictions is not None and a.predictions == b.predictions for a, b in both)
    return Contrast(len(shared), True, same, *means, paired(places[0] - places[1]))


def _placed(metric: Metric, ones: Sequence[Trained]) -> Mapping[str, _Placed]:
    """Values with their places on the judged scale, by what builds share."""
    found = {}
    for one in ones:
        value = one.metrics.get(metric.name, np.nan)
        at = place(metric, value)
        if at is not None:
            found[one.key] = _Placed(at, value, one.predictions)
    return found
