"""A static JSON interface to the grid, for scripts and other dashboards.

`v1/index.json` names the other files. Fields are only ever added; what would change a meaning
comes as `v2`. `v1/schema.json` is the JSON schema of every document, made from these values. A
number that is not known or not finite is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter

from qualify.core.atlas import Atlas
from qualify.core.attempt import Attempt
from qualify.core.grid import Column, Square
from qualify.core.overview import CODES, BuildHead, Overview
from qualify.storing.documents import (
    BuildDetails,
    Builds,
    CellOfBuild,
    Execution,
    Index,
    ListedBuild,
    ListedRow,
    Matrix,
    Rows,
)
from qualify.storing.files import write_text

VERSION = 1
FOLDER = f"v{VERSION}"


DOCUMENTS: Mapping[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in (Index, Builds, Rows, Matrix, BuildDetails)
}


def write_api(atlas: Atlas, generated: str, folder: Path) -> Path:
    """Write all documents under `folder`; returns the index."""
    home = folder / FOLDER
    for name, document in documents(atlas, generated):
        write_text(home / name, dumped(document))
    write_text(home / "schema.json", json.dumps(schema(), indent=2) + "\n")
    return home / "index.json"


def documents(atlas: Atlas, generated: str) -> Iterator[tuple[str, object]]:
    """Every document under its name; the index comes last, when all it names is there."""
    yield "builds.json", _builds(atlas)
    yield "rows.json", _rows(atlas)
    yield "grid.json", matrix(atlas.overview)
    for column, head in zip(atlas.columns, _heads(atlas), strict=True):
        yield _file(column.build.id), _details(column, head)
    yield "index.json", _index(atlas.overview, generated)


def dumped(document: object) -> str:
    """Write a document as JSON."""
    return DOCUMENTS[type(document).__name__].dump_json(document).decode() + "\n"


def schema() -> dict[str, Any]:
    """The JSON schema of all documents, each under `$defs` by its name."""
    _, made = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in DOCUMENTS.items()],
        title="Documents of the static JSON interface",
    )
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found: dict[str, Any] = _nullable(made)
    return found


def matrix(overview: Overview) -> Matrix:
    """The grid in lists of rows."""
    count = len(overview.builds)

    def rows(series: Any) -> Iterator[Any]:
        return (series[at * count : (at + 1) * count] for at in range(len(overview.rows)))

    def numbers(series: Any) -> tuple[tuple[float | None, ...], ...]:
        return tuple(tuple(v if math.isfinite(v) else None for v in row) for row in rows(series))

    return Matrix(
        overview.target,
        tuple(build.id for build in overview.builds),
        tuple(row.id for row in overview.rows),
        tuple(tuple(CODES[code] for code in row) for row in rows(overview.statuses)),
        numbers(overview.values),
        numbers(overview.losses),
        tuple(tuple(row) for row in rows(overview.trainings)),
        numbers(overview.seconds),
    )


def _index(overview: Overview, generated: str) -> Index:
    newest = overview.builds[0] if overview.builds else None
    files = {name: f"{name}.json" for name in ("builds", "rows", "grid", "schema")}
    return Index(
        VERSION,
        overview.target,
        generated,
        len(overview.builds),
        len(overview.rows),
        newest.id if newest else None,
        newest.answer if newest else None,
        files,
    )


def _heads(atlas: Atlas) -> Iterator[BuildHead]:
    known = {head.id: head for head in atlas.overview.builds}
    return (known[column.build.id] for column in atlas.columns)


def _builds(atlas: Atlas) -> Builds:
    kept = {column.build.id for column in atlas.columns}
    heads = atlas.overview.builds
    return Builds(tuple(ListedBuild(h, _file(h.id) if h.id in kept else None) for h in heads))


def _rows(atlas: Atlas) -> Rows:
    return Rows(
        tuple(
            ListedRow(row, tuple(atlas.changes.get(row.id, ())), atlas.bad.get(row.id))
            for row in atlas.overview.rows
        )
    )


def _details(column: Column, head: BuildHead) -> BuildDetails:
    build = column.build
    cells = tuple(_cell(square) for square in column.squares.values())
    return BuildDetails(head, column.decision, build.provenance, dict(build.environments), cells)


def _cell(square: Square) -> CellOfBuild:
    cell = square.cell
    attempts = tuple(_execution(one) for one in square.attempts)
    told = (cell.id, cell.suite, cell.owner, cell.about, cell.practice)
    return CellOfBuild(*told, square.verdict, attempts, square.reproduce)


def _execution(one: Attempt) -> Execution:
    known = asdict(one)
    return Execution(**{name: known[name] for name in Execution.__dataclass_fields__})


def _file(build: str) -> str:
    """Where a build's details are: no name of a build leaves the folder."""
    return f"builds/{quote(build, safe='', errors='replace').replace('.', '%2E')}.json"


def _nullable(of: Any) -> Any:
    """A number may be null wherever one stands: JSON has no other word for one that is none."""
    if isinstance(of, list):
        return [_nullable(one) for one in of]
    if not isinstance(of, dict):
        return of
    changed = {name: _nullable(one) for name, one in of.items()}
    return changed | ({"type": ["number", "null"]} if of.get("type") == "number" else {})
