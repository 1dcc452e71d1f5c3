"""The grid's query: the newest builds of a target as an overview, in one session."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualify.core.matrix import matches
from qualify.core.overview import CODES, BuildHead, Overview, RowHead
from qualify.core.verdict import Status
from qualify.storing.history.engine import Session
from qualify.storing.history.index import numbers, origins
from qualify.storing.history.merging import Disagreement, in_order
from qualify.storing.history.names import Key, Renames, displayed
from qualify.storing.history.whole import worst

Ints = NDArray[np.int64]
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


@dataclass(frozen=True)
class Reading:
    """An overview with what must be known about it.

    `standing` are the digests of each build's bundles that some of its squares come from, the
    oldest first.
    """

    overview: Overview
    standing: Mapping[str, tuple[str, ...]]
    disagreements: tuple[Disagreement, ...]


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


def read(session: Session, target: str, limits: Limits, renames: Renames) -> Reading:
    """Lay the newest builds out as the grid wants them."""
    of = chosen(session, target, limits)
    found = session.query(
        "SELECT bundle, head, place, status, value, loss, trainings, seconds FROM results "  # noqa: S608 -- ours
        f"WHERE bundle IN ({numbers(of.table)})"
    )
    heads = _heads(session, found, renames)
    laid = _laid(of, found, heads, limits)
    standing = _standing(of, laid)
    builds = tuple(
        _build_head(of, key, standing[key.identity], laid, place)
        for place, key in enumerate(of.keys)
    )
    return Reading(
        _overview(target, builds, laid),
        {
            head.id: tuple(str(of.table[n]["digest"]) for n in standing[head.identity])
            for head in builds
        },
        _disagreements(session, target, of),
    )


@dataclass(frozen=True)
class _Heads:
    """Rows' heads by the numbers that results have; `own` are not called by an older name."""

    heads: dict[int, RowHead]
    own: dict[int, bool]


def _heads(session: Session, found: pd.DataFrame, renames: Renames) -> _Heads:
    used = np.unique(found["head"].to_numpy(dtype=np.int64))
    frame = session.query(f"SELECT * FROM heads WHERE head IN ({numbers(used)})")  # noqa: S608 -- ours
    heads, own = {}, {}
    for number, *words in frame.itertuples(index=False, name=None):
        before = RowHead(*words)
        heads[number] = renames.head(before)
        own[number] = heads[number] is before
    return _Heads(heads, own)


@dataclass(frozen=True)
class _Laid:
    """Results that stand, by row and build; `at` are their places in a matrix, row after row."""

    rows: tuple[RowHead, ...]
    at: Ints
    found: Mapping[str, NDArray[Any]]
    build: Ints


def _laid(of: Chosen, found: pd.DataFrame, heads: _Heads, limits: Limits) -> _Laid:
    """Choose what stands of each square, and the order of rows: as in the newest build first."""
    columns = {name: found[name].to_numpy() for name in found.columns}
    build, rank = _places(of, columns["bundle"].astype(np.int64))
    head = columns["head"].astype(np.int64)
    names = dict.fromkeys(one.id for one in heads.heads.values())
    cells = {name: place for place, name in enumerate(names)}
    cell = _lookup({n: cells[one.id] for n, one in heads.heads.items()}, head)
    own = _lookup({n: int(mine) for n, mine in heads.own.items()}, head)
    order = np.lexsort((rank, own, build, cell))
    last = np.ones(order.size, dtype=bool)  # of each square, the last is what stands
    last[:-1] = (np.diff(cell[order]) != 0) | (np.diff(build[order]) != 0)
    stands = order[last]
    place = columns["place"].astype(np.int64)  # of two bundles, the newer's rows come first
    newest = stands[np.lexsort((place[stands], -rank[stands], build[stands]))]
    _, first = np.unique(cell[newest], return_index=True)
    shown = [heads.heads[int(head[newest[at]])] for at in np.sort(first)]
    rows = tuple(one for one in shown if not limits.rows or matches(one.id, limits.rows))
    row = _lookup({cells[one.id]: place for place, one in enumerate(rows)}, cell[stands])
    kept = stands[row >= 0]
    at = row[row >= 0] * len(of.keys) + build[kept]
    return _Laid(rows, at, {name: values[kept] for name, values in columns.items()}, build[kept])


def _places(of: Chosen, bundle: Ints) -> tuple[Ints, Ints]:
    """The column of each result's build, and how new its bundle is among those of the build."""
    column = {n: at for at, key in enumerate(of.keys) for n in of.bundles[key.identity]}
    age = {n: rank for mine in of.bundles.values() for rank, n in enumerate(mine)}
    return _lookup(column, bundle), _lookup(age, bundle)


def _lookup(table: Mapping[int, int], keys: Ints) -> Ints:
    """Map every key; -1 where there is none."""
    values = np.full(max((*table, *keys.max(initial=0, keepdims=True)), default=0) + 1, -1)
    if table:
        values[np.fromiter(table, np.int64)] = np.fromiter(table.values(), np.int64)
    return values[keys].astype(np.int64)


def _standing(of: Chosen, laid: _Laid) -> dict[str, tuple[int, ...]]:
    """The bundles of each build that squares come from; the newest where none does."""
    used = set(np.unique(laid.found["bundle"]).tolist())
    return {
        key.identity: tuple(n for n in mine if n in used) or mine[-1:]
        for key in of.keys
        for mine in [of.bundles[key.identity]]
    }


def _build_head(
    of: Chosen, key: Key, standing: Sequence[int], laid: _Laid, place: int
) -> BuildHead:
    """A build's head: as its bundles that stand say, and the worst answer of them."""
    rows = [of.table[number] for number in standing]
    weightiest = rows[worst([row["answer"] for row in rows])]
    mine = laid.build == place
    trainings = laid.found["trainings"][mine].sum() if len(rows) > 1 else weightiest["trainings"]
    words = ("version", "answer", "sentence", "source", "baseline", "harness")
    return BuildHead(
        id=of.names[key.identity],
        time=key.time,
        identity=key.identity,
        commit=weightiest["commit_"],
        trainings=int(trainings),
        seconds=float(laid.found["seconds"][mine].astype(float).sum()),
        environment=" ".join(dict.fromkeys(row["environment"] for row in rows)),
        bundle=rows[-1]["digest"],
        **{name: weightiest[name] for name in words},
    )


def _overview(target: str, builds: tuple[BuildHead, ...], laid: _Laid) -> Overview:
    size = len(laid.rows) * len(builds)

    def matrix(name: str, absent: float, kind: str) -> NDArray[Any]:
        values = np.full(size, absent, dtype=kind)
        values[laid.at] = laid.found[name].astype(kind)
        return values

    trainings = array("L")
    trainings.frombytes(matrix("trainings", 0, f"u{trainings.itemsize}").tobytes())
    floats = {}
    for name, absent in (("value", np.nan), ("loss", np.nan), ("seconds", 0.0)):
        floats[name] = array("f")
        floats[name].frombytes(matrix(name, absent, "f4").tobytes())
    statuses = matrix("status", CODES.index(Status.NOT_SCHEDULED), "u1").tobytes()
    return Overview(
        target,
        builds,
        laid.rows,
        statuses,
        floats["value"],
        floats["loss"],
        trainings,
        floats["seconds"],
    )


def _disagreements(session: Session, target: str, of: Chosen) -> tuple[Disagreement, ...]:
    frame = session.query("SELECT * FROM disagreements WHERE target = ?", [target])
    found = (Disagreement(*row) for row in frame.itertuples(index=False, name=None))
    return tuple(one for one in found if one.identity in of.bundles)
