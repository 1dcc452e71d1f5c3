"""The embedded index: one DuckDB file, opened by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import duckdb
import pandas as pd
from filelock import FileLock

from qualify.core.errors import InfrastructureError
from qualify.storing.files import disk_error
from qualify.storing.history.engine import Session, plain

T = TypeVar("T")
_BROKEN = (
    duckdb.IOException,
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.SerializationException,
)


class DuckSession:
    """A transaction of DuckDB; the file's lock keeps everybody else out."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement."""
        self.connection.execute(sql, list(parameters))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Ask."""
        return plain(self.connection.execute(sql, list(parameters)).df())

    def load(self, table: str, frame: pd.DataFrame) -> None:
        """Append a frame."""
        names = ", ".join(frame.columns)
        self.connection.register("loaded", frame)
        self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM loaded")  # noqa: S608 -- ours
        self.connection.unregister("loaded")

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        found = self.query("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table])
        return not found.empty

    def exclusive(self) -> None:
        """Nothing to wait for: whoever has the file has it alone."""


class DuckEngine:
    """The file is derived: one that is broken or gone is made anew from the bundles."""

    indexed = False  # it scans a column faster than a search tree finds half of its rows

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, work: Callable[[Session], T]) -> T:
        """Open the file, work, close it: one that was deleted meanwhile is no trouble."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock"):
                return self._whole(work)
        except OSError as error:
            raise disk_error(self.path, error) from error
        except duckdb.Error as error:
            raise InfrastructureError(
                f"{self.path}: {error}",
                "nothing is lost: close what else has the file open, or delete it; it is made anew",
            ) from error

    def _whole(self, work: Callable[[Session], T]) -> T:
        """Work in the file, or in a new one where it turns out to be broken inside."""
        try:
            with self._opened() as connection:
                return self._transaction(connection, work)
        except _BROKEN as error:
            if _busy(error):
                raise
            self._forget()
            with self._opened() as connection:
                return self._transaction(connection, work)

    def _transaction(
        self, connection: duckdb.DuckDBPyConnection, work: Callable[[Session], T]
    ) -> T:
        connection.execute("BEGIN")
        try:
            done = work(DuckSession(connection))
        except BaseException:
            with suppress(duckdb.Error):  # a broken file cannot even do that
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return done

    def _opened(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(self.path)
        except duckdb.Error as error:
            if not self.path.is_file() or _busy(error):
                raise
            self._forget()
            return duckdb.connect(self.path)

    def _forget(self) -> None:
        """Take a file away that a crash of the machine tore: all of it is in the bundles."""
        self.path.unlink(missing_ok=True)
        self.path.with_name(f"{self.path.name}.wal").unlink(missing_ok=True)


def _busy(error: duckdb.Error) -> bool:
    """Whether somebody has the file open with other tools."""
    return "could not set lock" in str(error).lower()
