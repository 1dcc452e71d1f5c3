"""From all that is known of builds to what the grid shows of them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from statistics import fmean

from qualify.core.grid import Column, Grid, Square
from qualify.core.metric import find
from qualify.core.overview import BuildHead, Overview, Point, RowHead, overview
from qualify.core.verdict import MetricEvidence


def summed(grid: Grid) -> Overview:
    """Sum up a grid."""
    points = {
        (cell, column.build.id): point(square)
        for column in grid.columns
        for cell, square in column.squares.items()
    }
    heads = [build_head(column) for column in grid.columns]
    newest: dict[str, Square] = {}
    for column in grid.columns:
        for cell, square in column.squares.items():
            newest.setdefault(cell, square)
    return overview(grid.target, heads, [row_head(square) for square in newest.values()], points)


def build_head(column: Column, identity: str = "", bundle: str = "") -> BuildHead:
    """Sum up a build."""
    build, decision = column.build, column.decision
    return BuildHead(
        id=build.id,
        version=build.version,
        time=column.time,
        answer=decision.answer,
        sentence=decision.sentence,
        identity=identity,
        commit=build.provenance.commit or "",
        source=build.source.spec,
        baseline=column.baseline,
        trainings=decision.trainings,
        seconds=sum(_seconds(square) for square in column.squares.values()),
        environment=_digest(
            f"{lane} {line}" for lane, made in build.environments.items() for line in made.lock
        ),
        harness=build.provenance.harness,
        bundle=bundle,
    )


def row_head(square: Square) -> RowHead:
    """Sum up what a cell is."""
    cell, main = square.cell, main_metric(square)
    metric = find(main.metric) if main else None
    return RowHead(
        id=cell.id,
        suite=cell.suite,
        name=cell.name,
        lane=str(cell.lane or ""),
        stage=cell.stage,
        owner=cell.owner,
        about=cell.about,
        metric=main.metric if main else "",
        unit=main.unit if main else "",
        direction=metric.direction if metric else "",
    )


def point(square: Square) -> Point:
    """Sum up a square."""
    main, verdict = main_metric(square), square.verdict
    known = [v for v in main.candidate if math.isfinite(v)] if main else []
    effect = main.effect if main else None
    return Point(
        verdict.status,
        fmean(known) if known else math.nan,
        math.nan if effect is None else effect,
        verdict.trainings,
        _seconds(square),
    )


def main_metric(square: Square) -> MetricEvidence | None:
    """The first metric that was held against the baseline: canaries name their main one first."""
    return next((m for m in square.verdict.metrics if m.against == "baseline"), None)


def _seconds(square: Square) -> float:
    return sum(one.cpu_s for one in square.attempts)


def _digest(lines: Iterable[str]) -> str:
    found = sorted(lines)
    return (
        hashlib.sha256("\n".join(found).encode("utf-8", "replace")).hexdigest()[:12]
        if found
        else ""
    )
