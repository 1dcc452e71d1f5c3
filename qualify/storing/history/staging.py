"""From Parquet in bundles to the narrow rows of an index."""

# ruff: noqa: S608 -- SQL is made of names that stand in this package

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from qualify.core.errors import InfrastructureError
from qualify.core.overview import CODES
from qualify.storing.columns import column
from qualify.storing.history.bundle import Packed, unpack
from qualify.storing.history.manifest import SCHEMA
from qualify.storing.history.schema import BUNDLES
from qualify.storing.history.tables import HEAD, tables


@dataclass(frozen=True)
class Staged:
    """Frames that are appended to the tables of their names."""

    bundles: pd.DataFrame
    heads: pd.DataFrame
    results: pd.DataFrame
    metrics: pd.DataFrame


def staged(bundles: Mapping[int, Packed], known: pd.DataFrame) -> Staged:
    """The rows of bundles by their numbers; `known` are the rows' heads that the index has."""
    with tempfile.TemporaryDirectory(prefix="qualify-") as name:
        for number, one in bundles.items():
            _extract(one, Path(name), number)
        with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
            connection.register("known", known)
            for statement in _statements(Path(name)):
                connection.execute(statement)
            return Staged(
                _bundles(bundles),
                connection.execute("SELECT * FROM fresh").df(),
                connection.execute("SELECT * FROM narrow ORDER BY bundle, place").df(),
                connection.execute("SELECT * FROM measured ORDER BY bundle").df(),
            )


def _extract(one: Packed, place: Path, number: int) -> None:
    """Write the tables beside those of other bundles; an earlier layout's are derived again."""
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


def _bundles(bundles: Mapping[int, Packed]) -> pd.DataFrame:
    rows = []
    for number, one in bundles.items():
        of, head = one.manifest, one.manifest.head
        same = (one.digest, of.target, of.identity, head.id, head.time)
        times = (of.started, of.filled, of.events, of.thinned_from, one.path.stat().st_size)
        words = (head.version, head.answer, head.sentence, head.commit, head.source)
        rest = (head.baseline, head.environment, head.harness, head.trainings)
        rows.append((number, *same, *times, *words, *rest))
    frame: pd.DataFrame = pd.DataFrame(rows, columns=list(BUNDLES))
    return frame
