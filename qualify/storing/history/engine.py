"""What an index needs of a database: a session in which all or nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import pandas as pd

T = TypeVar("T")


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as Python's own: pandas' strings are slow to take out one by one."""
    texts = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return frame.astype(dict.fromkeys(texts, object)) if texts else frame


class Session(Protocol):
    """One transaction. SQL marks its parameters with `?`."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """Ask; a column without a value is NaN or None."""

    def load(self, table: str, frame: pd.DataFrame) -> None:
        """Append the frame, whose columns are named as the table's, as fast as it goes."""

    def has(self, table: str) -> bool:
        """Whether there is such a table."""

    def exclusive(self) -> None:
        """Wait until no other session writes, and let none until this one ends."""


class Engine(Protocol):
    """A database that runs work in a session: once, whole, or not at all.

    Work may be run again where the connection was lost in the middle, so it does nothing else.
    """

    indexed: bool

    def run(self, work: Callable[[Session], T]) -> T:
        """Give work a session, and what it returns; raises InfrastructureError."""
        ...
