"""Which builds of a target are asked for, and the bundles that they are read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qualify.storing.history.engine import Session
from qualify.storing.history.index import origins
from qualify.storing.history.merging import in_order
from qualify.storing.history.names import Key, displayed

_ALL = 2**31 - 1


@dataclass(frozen=True)
class Limits:
    """Which part of a history is asked for: the newest builds, since a date, rows by globs."""

    builds: int | None = 100
    since: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The builds that are asked for, newest first, and their bundles, each build's oldest first."""

    names: Mapping[str, str]
    keys: tuple[Key, ...]
    bundles: Mapping[str, tuple[int, ...]]
    table: Mapping[int, Mapping[Any, Any]]


def chosen(session: Session, target: str, limits: Limits) -> Chosen:
    """The newest builds and their bundles."""
    keys = _keys(
        session.query(
            "SELECT identity, MIN(time) AS time, MIN(build) AS build FROM bundles "
            "WHERE target = ? GROUP BY identity HAVING MIN(time) >= ? "
            "ORDER BY 2 DESC, length(MIN(build)) DESC, 3 DESC, 1 DESC LIMIT ?",
            [target, limits.since, _ALL if limits.builds is None else limits.builds],
        )
    )
    table = session.query(
        f"SELECT * FROM bundles WHERE target = ? AND identity IN ({_marks(keys)})",  # noqa: S608 -- marks
        [target, *(key.identity for key in keys), ""],
    )
    alike = session.query(
        "SELECT identity, MIN(time) AS time, MIN(build) AS build FROM bundles WHERE target = ? "  # noqa: S608 -- marks
        f"GROUP BY identity HAVING MIN(build) IN ({_marks(keys)})",
        [target, *(key.build for key in keys), ""],
    )
    bundles: dict[str, tuple[int, ...]] = {}
    by_identity = defaultdict(list)
    for one in origins(table):
        by_identity[one.identity].append(one)
    for identity, mine in by_identity.items():
        bundles[identity] = tuple(one.number for one in in_order(mine))
    ordered = tuple(sorted(keys, reverse=True))
    records = {int(row["number"]): row for row in table.to_dict("records")}
    return Chosen(displayed(_keys(alike)), ordered, bundles, records)


def _keys(frame: pd.DataFrame) -> list[Key]:
    columns = (frame[name].tolist() for name in ("time", "build", "identity"))
    return [Key.of(*values) for values in zip(*columns, strict=True)]


def _marks(keys: Sequence[Key]) -> str:
    return ", ".join("?" * (len(keys) + 1))
