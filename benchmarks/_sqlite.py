"""The index in SQLite, to be measured beside those that are shipped."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from qualify.storing.history.engine import Session, plain

T = TypeVar("T")


class SqliteSession:
    """A transaction of SQLite in WAL mode."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement."""
        self.connection.execute(sql, list(parameters))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Ask."""
        cursor = self.connection.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description]
        frame: pd.DataFrame = pd.DataFrame(cursor.fetchall(), columns=names)
        return plain(frame)

    def load(self, table: str, frame: pd.DataFrame) -> None:
        """Append a frame, row by row: SQLite has no other way."""
        marks = ", ".join("?" * len(frame.columns))
        columns = [frame[name].tolist() for name in frame.columns]
        names = ", ".join(frame.columns)
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 -- ours
        self.connection.executemany(sql, zip(*columns, strict=True))

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return not self.query("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).empty

    def exclusive(self) -> None:
        """Wait for the writer's lock; a transaction takes it with its first write."""


class SqliteEngine:
    """One file with the search trees that the grid's query needs."""

    indexed = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, work: Callable[[Session], T]) -> T:
        """Open, work, commit, close."""
        connection = sqlite3.connect(self.path)
        try:
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("PRAGMA synchronous = normal")
            with connection:
                return work(SqliteSession(connection))
        finally:
            connection.close()
