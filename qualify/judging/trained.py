"""The candidate's trainings of a build, as others can be held against them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from qualify.core.grid import Column, Square
from qualify.core.metric import Metric
from qualify.core.plan import Cell


@dataclass(frozen=True)
class Trained:
    """One training of a canary: its seed, the digests of its split and of its predictions."""

    cell: Cell
    seed: int
    data: str
    predictions: str | None
    metrics: dict[str, float]

    @property
    def key(self) -> str:
        """What trainings of two builds share if they are to be compared one by one."""
        return f"{self.cell.suite}/{self.cell.name} {self.seed} {self.data}"


def trained(column: Column) -> tuple[Trained, ...]:
    """The first training of each seed that ended well; judged values where no attempt is kept."""
    found: list[Trained] = []
    for square in column.squares.values():
        if square.cell.canary is not None:
            found += _attempts(square) or _judged(square)
    return tuple(found)


def place(metric: Metric, value: float) -> float | None:
    """A value on the judged scale (larger is worse), or None for one that has no place there."""
    if not math.isfinite(value) or (metric.scale == "log" and value <= 0.0):
        return None
    return metric.position(value)


def _attempts(square: Square) -> list[Trained]:
    first: dict[int, Trained] = {}
    for one in square.attempts:
        if one.arm == "candidate" and one.ok and one.metrics:
            made = Trained(square.cell, one.seed, one.data, one.predictions, one.metrics)
            first.setdefault(one.seed, made)
    return list(first.values())


def _judged(square: Square) -> list[Trained]:
    values: dict[int, dict[str, float]] = {}
    for metric, seed, value in _evidence(square):
        values.setdefault(seed, {})[metric] = value
    return [Trained(square.cell, seed, "", None, found) for seed, found in values.items()]


def _evidence(square: Square) -> Iterator[tuple[str, int, float]]:
    for one in square.verdict.metrics:
        for seed, value in zip(one.seeds, one.candidate, strict=False):
            yield one.metric, seed, value
