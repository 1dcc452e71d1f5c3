"""Results of many bundles laid out as rows and builds: what stands of each square."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualify.core.matrix import matches
from qualify.core.overview import RowHead
from qualify.storing.history.choosing import Chosen, Limits
from qualify.storing.history.engine import Session
from qualify.storing.history.index import numbers
from qualify.storing.history.names import Renames

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Heads:
    """Rows' heads by the numbers that results have; `own` are not called by an older name."""

    heads: dict[int, RowHead]
    own: dict[int, bool]


def heads_of(session: Session, found: pd.DataFrame, renames: Renames) -> Heads:
    """Read the heads of the rows that were found, under their names of today."""
    used = np.unique(found["head"].to_numpy(dtype=np.int64))
    frame = session.query(f"SELECT * FROM heads WHERE head IN ({numbers(used)})")  # noqa: S608 -- ours
    heads, own = {}, {}
    for number, *words in frame.itertuples(index=False, name=None):
        before = RowHead(*words)
        heads[number] = renames.head(before)
        own[number] = heads[number] is before
    return Heads(heads, own)


@dataclass(frozen=True)
class Laid:
    """Results that stand, by row and build; `at` are their places in a matrix, row after row."""

    rows: tuple[RowHead, ...]
    at: Ints
    found: Mapping[str, NDArray[Any]]
    build: Ints


def lay_out(of: Chosen, found: pd.DataFrame, heads: Heads, limits: Limits) -> Laid:
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
    return Laid(rows, at, {name: values[kept] for name, values in columns.items()}, build[kept])


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
