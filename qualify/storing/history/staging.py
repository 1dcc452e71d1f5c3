"""From Parquet in bundles to the narrow rows of an index."""

# ruff: noqa: S608 -- SQL is made of names that stand in this package

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from qualify.core.errors import InfrastructureError
from qualify.core.overview import CODES
from qualify.storing.columns import column
from qualify.storing.history.bundle import REMEDY, Packed, TornError, gone, unpack
from qualify.storing.history.manifest import SCHEMA
from qualify.storing.history.schema import BUNDLES
from qualify.storing.history.tables import HEAD, tables

Row = tuple[object, ...]


@dataclass(frozen=True)
class Staged:
    """Frames that are appended to the tables of their names."""

    bundles: pd.DataFrame
    heads: pd.DataFrame
    results: pd.DataFrame
    metrics: pd.DataFrame


def staged(
    bundles: Mapping[int, Packed], known: pd.DataFrame, missed: Callable[[TornError], None]
) -> Staged:
    """The rows of bundles by their numbers; `known` are the rows' heads that the index has.

    A bundle that went away or that is wrong within is left out, and `missed` is told of it.
    """
    with tempfile.TemporaryDirectory(prefix="qualify-") as name:
        tried = (_extract(one, Path(name), number, missed) for number, one in bundles.items())
        rows = [row for row in tried if row]
        if not rows:
            return NOTHING
        with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
            connection.register("known", known)
            for statement in _statements(Path(name)):
                connection.execute(statement)
            return Staged(
                pd.DataFrame(rows, columns=list(BUNDLES)),
                connection.execute("SELECT * FROM fresh").df(),
                connection.execute("SELECT * FROM narrow ORDER BY bundle, place").df(),
                connection.execute("SELECT * FROM measured ORDER BY bundle").df(),
            )


NOTHING = Staged(*(pd.DataFrame() for _ in range(4)))


def _extract(
    one: Packed, place: Path, number: int, missed: Callable[[TornError], None]
) -> Row | None:
    """Write the tables beside those of other bundles; the row of the bundle itself."""
    try:
        row = _row(one, number)
        _write_tables(one, place, number)
    except FileNotFoundError:
        missed(gone(one.path))
    except (KeyError, zipfile.BadZipFile, TornError) as error:
        missed(TornError(f"bundle {one.path} is not whole: {error}", REMEDY))
    else:
        return row
    return None


def _write_tables(one: Packed, place: Path, number: int) -> None:
    """Take the tables out of a bundle; those of an earlier layout are derived again."""
    names = ("results", "metrics")
    if one.manifest.schema < SCHEMA:
        with tempfile.TemporaryDirectory(dir=place) as name:
            folder = unpack(one.path, Path(name))
            decision = folder.decision()
            if decision is None:
                raise InfrastructureError(f"bundle {one.digest[:12]} has no decision")
            tables(column(folder, decision)).write(folder.path)
            for table in names:
                (folder.path / f"{table}.parquet").replace(place / f"{table}.{number}.parquet")
        return
    with zipfile.ZipFile(one.path) as archive:
        for table in names:
            data = archive.read(f"{table}.parquet")
            if hashlib.sha256(data).hexdigest() != one.manifest.members[f"{table}.parquet"]:
                raise KeyError(f"{table}.parquet is not as its manifest says")
            (place / f"{table}.{number}.parquet").write_bytes(data)


def _statements(place: Path) -> Sequence[str]:
    """SQL that numbers the rows' heads and leaves numbers where words were."""
    heads = ", ".join(HEAD)
    codes = ", ".join(f"'{code.value}'" for code in CODES)
    number = r"regexp_extract(filename, '\.(\d+)\.parquet$', 1)::INTEGER"
    where = str(place).replace("'", "''")
    read = f"read_parquet('{where}/{{}}.*.parquet', filename = true)"
    return (
        f"CREATE TABLE staged AS SELECT {number} AS bundle, * FROM {read.format('results')}",
        f"""CREATE TABLE fresh AS SELECT (SELECT coalesce(max(head), 0) FROM known)::INTEGER
            + row_number() OVER ()::INTEGER AS head, * FROM (
            SELECT DISTINCT {heads} FROM staged EXCEPT SELECT {heads} FROM known)""",
        f"""CREATE TABLE every AS SELECT head, {heads} FROM fresh
            UNION ALL SELECT head, {heads} FROM known""",
        f"""CREATE TABLE narrow AS SELECT bundle, head, place,
            (list_position([{codes}], status) - 1)::SMALLINT AS status, code, value, loss,
            trainings, coalesce(seconds, 0.0) AS seconds, cell FROM staged JOIN every
            USING ({heads})""",
        f"""CREATE TABLE measured AS SELECT m.bundle, n.head, m.metric, against, unit, n, mean, sd,
            baseline_mean, baseline_sd, baseline_n, effect, low, high, threshold,
            array_to_string(seeds, ' ') AS seeds, array_to_string(candidate, ' ') AS candidate
            FROM (SELECT {number} AS bundle, * FROM {read.format("metrics")}) m
            JOIN narrow n ON n.bundle = m.bundle AND n.cell = m.cell""",
        "ALTER TABLE narrow DROP COLUMN cell",
    )


def _row(one: Packed, number: int) -> Row:
    of, head = one.manifest, one.manifest.head
    same = (one.digest, of.target, of.identity, head.id, head.time)
    times = (of.started, of.filled, of.events, of.thinned_from, one.path.stat().st_size)
    words = (head.version, head.answer, head.sentence, head.commit, head.source)
    rest = (head.baseline, head.environment, head.harness, head.trainings)
    return (number, *same, *times, *words, *rest)
