"""A build's column as tables: one row a cell, one a metric and reference, one an attempt."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import duckdb
import pandas as pd

from qualify.core.grid import Column, Square
from qualify.core.summing import point, row_head
from qualify.core.verdict import MetricEvidence

HEAD = ("cell", "suite", "name", "lane", "stage", "owner", "about", "metric", "unit", "direction")
"""The columns of `results` that say what a row is."""
RESULTS = {
    **dict.fromkeys(HEAD, "VARCHAR"),
    "place": "INTEGER",
    "status": "VARCHAR",
    "code": "VARCHAR",
    "reason": "VARCHAR",
    "value": "DOUBLE",
    "loss": "DOUBLE",
    "trainings": "INTEGER",
    "seconds": "DOUBLE",
    "more": "INTEGER",
}
METRICS = {
    **dict.fromkeys(("cell", "metric", "unit", "against", "test", "status", "code"), "VARCHAR"),
    "n": "INTEGER",
    "mean": "DOUBLE",
    "sd": "DOUBLE",
    "baseline_n": "INTEGER",
    "baseline_mean": "DOUBLE",
    "baseline_sd": "DOUBLE",
    **dict.fromkeys(("effect", "low", "high", "threshold", "margin", "alpha"), "DOUBLE"),
    **dict.fromkeys(("scale", "detectable", "p_value"), "DOUBLE"),
    "more": "INTEGER",
    "seeds": "BIGINT[]",
    "candidate": "DOUBLE[]",
}
ATTEMPTS = {
    **dict.fromkeys(("cell", "arm"), "VARCHAR"),
    "seed": "BIGINT",
    "number": "INTEGER",
    "outcome": "VARCHAR",
    **dict.fromkeys(("wall_s", "cpu_s", "peak_rss_mb"), "DOUBLE"),
    **dict.fromkeys(("message", "signature", "predictions", "training", "metrics"), "VARCHAR"),
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "results": RESULTS,
    "metrics": METRICS,
    "attempts": ATTEMPTS,
}
"""Every table of a bundle, with its columns and their types."""


@dataclass(frozen=True)
class Tables:
    """The tables of one bundle."""

    results: pd.DataFrame
    metrics: pd.DataFrame
    attempts: pd.DataFrame

    def write(self, folder: Path) -> None:
        """Write each as Parquet; equal tables become equal bytes."""
        for name, columns in TABLES.items():
            write_parquet(getattr(self, name), columns, folder / f"{name}.parquet")


def write_parquet(frame: pd.DataFrame, columns: Mapping[str, str], path: Path) -> None:
    """Write a table with columns of these types, in its own order."""
    chosen = ", ".join(f'"{name}"::{type_} AS "{name}"' for name, type_ in columns.items())
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("frame", frame)
        where = str(path).replace("'", "''")
        connection.execute(
            f"COPY (SELECT {chosen} FROM frame) TO '{where}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 -- names from above
        )


def tables(column: Column) -> Tables:
    """The tables of a build."""
    squares = list(column.squares.values())
    return Tables(
        _frame(RESULTS, (_result(place, one) for place, one in enumerate(squares))),
        _frame(METRICS, (_metric(one, m) for one in squares for m in one.verdict.metrics)),
        _frame(ATTEMPTS, (row for one in squares for row in _attempts(one))),
    )


def _frame(columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    found = list(rows)
    made: dict[str, Any] = {
        name: pd.Series([row[name] for row in found], dtype=object) for name in columns
    }
    frame: pd.DataFrame = pd.DataFrame(made)
    return frame


def _result(place: int, square: Square) -> dict[str, Any]:
    head, shown, verdict = row_head(square), point(square), square.verdict
    return {
        **{name: getattr(head, name if name != "cell" else "id") for name in HEAD},
        "place": place,
        "status": shown.status.value,
        "code": verdict.code,
        "reason": verdict.reason,
        "value": shown.value,
        "loss": shown.loss,
        "trainings": shown.trainings,
        "seconds": shown.seconds,
        "more": verdict.more,
    }


def _metric(square: Square, of: MetricEvidence) -> dict[str, Any]:
    mean, sd, n = _summary(of.candidate)
    base_mean, base_sd, base_n = _summary(of.baseline)
    low, high = of.interval or (None, None)
    same = ("metric", "unit", "against", "test", "code", "effect", "threshold", "margin", "alpha")
    return {
        **{name: getattr(of, name) for name in (*same, "scale", "detectable", "p_value", "more")},
        "cell": square.cell.id,
        "status": of.status.value,
        "n": n,
        "mean": mean,
        "sd": sd,
        "low": low,
        "high": high,
        "baseline_n": base_n,
        "baseline_mean": base_mean,
        "baseline_sd": base_sd,
        "seeds": list(of.seeds),
        "candidate": list(of.candidate),
    }


def _summary(values: Sequence[float]) -> tuple[float | None, float | None, int]:
    known = [value for value in values if math.isfinite(value)]
    sd = stdev(known) if len(known) > 1 else None
    return (fmean(known) if known else None), sd, len(known)


def _attempts(square: Square) -> Iterable[dict[str, Any]]:
    same = ("cell", "arm", "seed", "number", "wall_s", "cpu_s", "peak_rss_mb", "message")
    for one in square.attempts:
        yield {
            **{name: getattr(one, name) for name in (*same, "signature", "training")},
            "outcome": one.outcome.value,
            "predictions": one.predictions or "",
            "metrics": json.dumps(one.metrics, sort_keys=True),
        }
