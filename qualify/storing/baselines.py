"""Baselines as reviewed files: one JSON value a line, so that a diff shows what changed."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from qualify.core.attempt import Outcome
from qualify.core.baseline import Baseline, Repeats, Replicate, Spread
from qualify.core.candidate import Provenance
from qualify.core.errors import BaselineError, nearest
from qualify.core.matrix import Lane
from qualify.core.metric import METRICS, find, metric
from qualify.storing.files import write_text

_STRICT = ConfigDict(extra="forbid")
_REMEDY = "record it anew with `qualify baseline record`, or restore it from version control"


@dataclass(frozen=True, config=_STRICT)
class _Header:
    baseline: str
    version: str
    lane: str
    provenance: Provenance


@dataclass(frozen=True, config=_STRICT)
class _Lock:
    lock: str


@dataclass(frozen=True, config=_STRICT)
class _Row:
    canary: str
    seed: Annotated[int, Field(ge=0)]
    outcome: Outcome
    data: str
    predictions: str | None
    metrics: dict[str, float]


@dataclass(frozen=True, config=_STRICT)
class _Spread:
    canary: str
    metric: str
    unit: str
    direction: str
    m: Annotated[int, Field(ge=2)]
    scale: Annotated[float, Field(ge=0)]
    correlation: Annotated[float, Field(ge=-1, le=1)] | None


@dataclass(frozen=True, config=_STRICT)
class _Repeats:
    canary: str
    identical: Annotated[int, Field(ge=0)]
    compared: Annotated[int, Field(ge=0)]
    touched: Annotated[float, Field(ge=0, le=1)] | None = None


_Line = _Header | _Lock | _Spread | _Repeats | _Row
_LINE: TypeAdapter[_Line] = TypeAdapter(_Line)


class BaselineFolder:
    """The port `BaselineStore` in `baselines/TARGET/VERSION/LANE.jsonl`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, target: str, version: str, lane: Lane) -> Path:
        """Where the baseline of a version and a lane is kept."""
        return self.root / target / version / f"{lane}.jsonl"

    def read(self, target: str, version: str, lane: Lane) -> Baseline | None:
        """Read a baseline; None where there is none; raises BaselineError with file and line."""
        path = self.path(target, version, lane)
        if not path.is_file():
            return None
        baseline = parse(path)
        expected = (target, version, str(lane))
        if (baseline.target, baseline.version, baseline.lane) != expected:
            found = f"{baseline.target} {baseline.version} on {baseline.lane}"
            raise BaselineError(
                f"{path}: the file holds the baseline of {found}, not of {' '.join(expected)}",
                "move it to the folder that its first line names, or record the right one",
            )
        return baseline

    def write(self, baseline: Baseline) -> Path:
        """Write a baseline, one value a line."""
        path = self.path(baseline.target, baseline.version, Lane.parse(baseline.lane))
        header = {
            "baseline": baseline.target,
            "version": baseline.version,
            "lane": baseline.lane,
            "provenance": asdict(baseline.provenance),
        }
        rows = [_row(replicate) for replicate in baseline.replicates]
        lines = [
            header,
            *({"lock": line} for line in baseline.lock),
            *(asdict(spread) for spread in baseline.spreads),
            *(asdict(repeats) for repeats in baseline.repeats),
            *rows,
        ]
        return write_text(path, "".join(json.dumps(line) + "\n" for line in lines))


def _row(replicate: Replicate) -> dict[str, object]:
    quality = {
        name: value
        for name, value in replicate.metrics.items()
        if metric(name).kind == "quality"  # seconds and memory are never judged when stored
    }
    return {
        "canary": replicate.canary,
        "seed": replicate.seed,
        "outcome": replicate.outcome.value,
        "data": replicate.data,
        "predictions": replicate.predictions,
        "metrics": quality,
    }


def parse(path: Path) -> Baseline:
    """Read a baseline file; raises BaselineError that names the line."""
    lines = [_line(path, i, text) for i, text in enumerate(_texts(path), start=1)]
    heads = [(i, line) for i, line in enumerate(lines, start=1) if isinstance(line, _Header)]
    if not heads or heads[0][0] != 1:
        raise BaselineError(f"{path}:1: the first line must name the baseline", _REMEDY)
    head = heads[0][1]
    for number, other in heads[1:]:
        raise BaselineError(
            f"{path}:{number}: a second baseline begins ({other.version} on {other.lane}): a file "
            "holds the replicates of one version on one lane",
            _REMEDY,
        )
    rows = [line for line in lines if isinstance(line, _Row)]
    _check(path, rows)
    spreads = tuple(Spread(**asdict(line)) for line in lines if isinstance(line, _Spread))
    _check_spreads(path, spreads)
    replicates = tuple(
        Replicate(r.canary, r.seed, r.data, r.outcome, r.predictions, r.metrics) for r in rows
    )
    lock = tuple(line.lock for line in lines if isinstance(line, _Lock))
    repeats = tuple(Repeats(**asdict(line)) for line in lines if isinstance(line, _Repeats))
    return Baseline(
        head.baseline,
        head.version,
        head.lane,
        head.provenance,
        lock,
        replicates,
        spreads,
        repeats,
    )


def _texts(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BaselineError(f"{path}: not UTF-8 text: {error}", _REMEDY) from None


def _line(path: Path, number: int, text: str) -> _Line:
    try:
        return _LINE.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"{path}:{number}: {where}: {first['msg']}".replace(": : ", ": ")
        raise BaselineError(message, _REMEDY) from None


def _check(path: Path, rows: list[_Row]) -> None:
    """Refuse doubled seeds, unknown metrics and values that are no numbers."""
    seen: set[tuple[str, int]] = set()
    for row in rows:
        where = f"{path}: canary {row.canary}, seed {row.seed}"
        if (row.canary, row.seed) in seen:
            raise BaselineError(f"{where}: stands there twice", _REMEDY)
        seen.add((row.canary, row.seed))
        bad = [n for n, v in row.metrics.items() if find(n) is None or not math.isfinite(v)]
        if bad:
            raise BaselineError(f"{where}: {', '.join(bad)}: no known metric or no number", _REMEDY)


def _check_spreads(path: Path, spreads: tuple[Spread, ...]) -> None:
    """Refuse a spread of a metric as it is not: by another name, in another unit or direction."""
    for one in spreads:
        where = f"{path}: canary {one.canary}, metric {one.metric}"
        its = find(one.metric)
        if its is None:
            raise BaselineError(f"{where}: unknown; {nearest(one.metric, METRICS)}", _REMEDY)
        recorded, known = (one.unit, one.direction), (its.unit, its.direction)
        if recorded != known:
            raise BaselineError(
                f"{where}: recorded in {recorded[0]!r}, {recorded[1]} is better; the metric is in "
                f"{known[0]!r}, {known[1]} is better",
                _REMEDY,
            )
