"""The grid's query: the newest builds of a target as an overview, in one session."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualify.core.overview import CODES, BuildHead, Overview
from qualify.core.verdict import Status
from qualify.storing.history.choosing import Chosen, Limits, chosen
from qualify.storing.history.engine import Session
from qualify.storing.history.index import numbers
from qualify.storing.history.laying import Laid, heads_of, lay_out
from qualify.storing.history.merging import Disagreement
from qualify.storing.history.names import Key, Renames
from qualify.storing.history.whole import worst


@dataclass(frozen=True)
class Reading:
    """An overview with what must be known about it.

    `standing` are the digests of each build's bundles that some of its squares come from, the
    oldest first.
    """

    overview: Overview
    standing: Mapping[str, tuple[str, ...]]
    disagreements: tuple[Disagreement, ...]


def read(session: Session, target: str, limits: Limits, renames: Renames) -> Reading:
    """Lay the newest builds out as the grid wants them."""
    of = chosen(session, target, limits)
    found = session.query(
        "SELECT bundle, head, place, status, value, loss, trainings, seconds FROM results "  # noqa: S608 -- ours
        f"WHERE bundle IN ({numbers(of.table)})"
    )
    heads = heads_of(session, found, renames)
    laid = lay_out(of, found, heads, limits)
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


def _standing(of: Chosen, laid: Laid) -> dict[str, tuple[int, ...]]:
    """The bundles of each build that squares come from; the newest where none does."""
    used = set(np.unique(laid.found["bundle"]).tolist())
    return {
        key.identity: tuple(n for n in mine if n in used) or mine[-1:]
        for key in of.keys
        for mine in [of.bundles[key.identity]]
    }


def _build_head(of: Chosen, key: Key, standing: Sequence[int], laid: Laid, place: int) -> BuildHead:
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


def _overview(target: str, builds: tuple[BuildHead, ...], laid: Laid) -> Overview:
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
