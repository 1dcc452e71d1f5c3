"""The tables of all bundles as one file: Parquet or CSV."""

# ruff: noqa: S608 -- SQL is made of names that stand in this package

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pandas as pd

from qualify.core.errors import ConfigError
from qualify.storing.files import disk_error
from qualify.storing.history.bundle import opened
from qualify.storing.history.history import History
from qualify.storing.history.tables import TABLES

FORMATS = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER"}


def export(history: History, table: str, path: Path, target: str | None = None) -> int:
    """Write a table of every bundle, with build, identity, version and time; returns its rows."""
    if path.suffix not in FORMATS:
        known = " or ".join(FORMATS)
        raise ConfigError(f"{path}: what shall it be?", f"name a file that ends in {known}")
    heads = _heads(history, target)
    with tempfile.TemporaryDirectory(prefix="qualify-") as name:
        for number, digest in zip(heads["number"].tolist(), heads["digest"].tolist(), strict=True):
            with opened(history.shelf.get(digest)) as archive:
                part = Path(name) / f"{table}.{number}.parquet"
                part.write_bytes(archive.read(f"{table}.parquet"))
        return _written(heads, table, Path(name), path)


def _heads(history: History, target: str | None) -> pd.DataFrame:
    found = history.ask(
        lambda session: session.query(
            "SELECT number, digest, target, build, identity, version, time, digest AS bundle "
            "FROM bundles WHERE ? IN ('', target) ORDER BY time, number",
            [target or ""],
        )
    )
    if found.empty:
        raise ConfigError(f"there is no build in {history.shelf.url}", "add one first")
    return found


def _written(heads: pd.DataFrame, table: str, place: Path, path: Path) -> int:
    columns = ", ".join(f't."{name}"' for name in TABLES[table])
    files = str(place / f"{table}.*.parquet").replace("'", "''")
    number = r"regexp_extract(filename, '\.(\d+)\.parquet$', 1)::INTEGER"
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.register("heads", heads)
            connection.execute(
                f"CREATE VIEW whole AS SELECT h.target, h.build, h.identity, h.version, h.time, "
                f"h.bundle, {columns} FROM read_parquet('{files}', filename = true) t "
                f"JOIN heads h ON h.number = {number} ORDER BY h.time, h.number"
            )
            where = str(part).replace("'", "''")
            connection.execute(f"COPY (SELECT * FROM whole) TO '{where}' ({FORMATS[path.suffix]})")
            count = connection.execute("SELECT count(*) FROM whole").fetchone()
        part.replace(path)
    except (OSError, duckdb.IOException) as error:
        part.unlink(missing_ok=True)
        raise disk_error(
            path, error if isinstance(error, OSError) else OSError(str(error))
        ) from None
    return int(count[0]) if count else 0
