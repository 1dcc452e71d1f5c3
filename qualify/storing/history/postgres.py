"""The shared index: PostgreSQL by its URL, through psycopg."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import pandas as pd

from qualify.core.errors import ConfigError, InfrastructureError
from qualify.storing.history.engine import Session, plain

T = TypeVar("T")
PATIENCE = 90.0
"""How many seconds a server may be away before a command gives up."""
_LOCK = 0x71_75_61_6C  # "qual": the advisory lock of whoever writes
_CHUNK = 50_000


class PostgresSession:
    """A transaction of PostgreSQL."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement."""
        self.cursor.execute(sql.replace("?", "%s"), list(parameters))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Ask."""
        self.execute(sql, parameters)
        names = [str(column.name) for column in self.cursor.description]
        rows: list[tuple[Any, ...]] = self.cursor.fetchall()
        frame: pd.DataFrame = pd.DataFrame(rows, columns=names)
        return plain(frame)

    def load(self, table: str, frame: pd.DataFrame) -> None:
        """Append a frame by COPY. A text cannot hold NUL there: it is shown as what it is not."""
        names = ", ".join(frame.columns)
        options = "FORMAT csv, NULL 'null'"  # there is none: texts are quoted, numbers are NaN
        with self.cursor.copy(f"COPY {table} ({names}) FROM STDIN ({options})") as copy:
            for start in range(0, len(frame), _CHUNK):
                part = frame.iloc[start : start + _CHUNK]
                text = part.to_csv(
                    index=False, header=False, na_rep="NaN", quoting=csv.QUOTE_NONNUMERIC
                )
                copy.write(text.replace("\x00", "\ufffd"))
        if len(frame) > _CHUNK:
            self.execute(f"ANALYZE {table}")  # or the planner believes that the table is small

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        sql = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?"
        return not self.query(sql, [table]).empty

    def exclusive(self) -> None:
        """Wait for the advisory lock, which the end of the transaction frees."""
        self.execute("SELECT pg_advisory_xact_lock(?)", [_LOCK])


class PostgresEngine:
    """Many read and write at once; a server that goes away for a while is waited for."""

    indexed = True

    def __init__(self, url: str, report: Callable[[str], None], patience: float = PATIENCE) -> None:
        try:
            import psycopg
        except ImportError:
            raise ConfigError(
                "a shared index needs psycopg", "pip install 'automl-qualify[shared]'"
            ) from None
        self.psycopg = psycopg
        self.url = url
        self.report = report
        self.patience = patience

    def run(self, work: Callable[[Session], T]) -> T:
        """Work in a transaction; where the connection breaks, wait and do all of it again."""
        waited, pause = 0.0, 0.25
        while True:
            done, lost = self._tried(work)
            if lost is None:
                return cast("T", done)
            if waited >= self.patience or _refused(lost):
                raise self._away(lost) from lost
            if not waited:
                self.report(f"PostgreSQL at {self.name} does not answer; waiting for it")
            time.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, 5.0)

    def _tried(self, work: Callable[[Session], T]) -> tuple[T | None, Exception | None]:
        """Work in a transaction: what came of it, or the error of a lost connection."""
        try:
            with (
                self.psycopg.connect(self.url, connect_timeout=5) as connection,
                connection.cursor() as cursor,
            ):
                return work(PostgresSession(cursor)), None
        except self.psycopg.OperationalError as error:
            return None, error
        except self.psycopg.Error as error:
            raise InfrastructureError(
                f"PostgreSQL at {self.name}: {str(error).strip()}",
                "`qualify history rebuild` derives the index again from the bundles",
            ) from error

    @property
    def name(self) -> str:
        """The server without its password."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or parts.query or 'localhost'}{parts.path}"

    def _away(self, error: Exception) -> InfrastructureError:
        return InfrastructureError(
            f"PostgreSQL at {self.name} does not answer: {str(error).strip()}",
            "bundles are safe where they are; the index catches up when the server is back",
        )


def _refused(error: Exception) -> bool:
    """Whether waiting is of no use: a wrong password, user or database."""
    told = str(error)
    wrong = ("password authentication failed", "does not exist", "no pg_hba.conf entry")
    return any(words in told for words in wrong)
