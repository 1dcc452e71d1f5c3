"""What a metric measured over builds, for whoever looks for changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from qualify.core.overview import RowHead
from qualify.storing.history.choosing import Chosen
from qualify.storing.history.engine import Session
from qualify.storing.history.index import numbers
from qualify.storing.history.names import Renames


@dataclass(frozen=True)
class Measured:
    """A metric of one row in one build: the candidate's values, and what they were held against.

    `values` belong to `seeds`; they and means are in the metric's unit; `effect`, `low`, `high` and
    `threshold` are losses on the judged scale. What is not known is None.
    """

    build: str
    time: str
    unit: str
    seeds: tuple[int, ...]
    values: tuple[float, ...]
    mean: float | None
    sd: float | None
    n: int
    baseline_mean: float | None
    baseline_sd: float | None
    baseline_n: int
    effect: float | None
    low: float | None
    high: float | None
    threshold: float | None


Series = dict[tuple[str, str], tuple[Measured, ...]]
"""By row and metric, the newest build first; a build that did not measure it is left out."""
_KNOWN = ("mean", "sd", "baseline_mean", "baseline_sd", "effect", "low", "high", "threshold")


def series(session: Session, of: Chosen, renames: Renames, against: str) -> Series:
    """Every metric of every row of these builds, held against one reference."""
    found = session.query(
        "SELECT m.*, h.cell, h.suite, h.name, h.lane FROM metrics m "  # noqa: S608 -- ours
        f"JOIN heads h ON h.head = m.head WHERE m.against = ? AND m.bundle IN ({numbers(of.table)})"
        " ORDER BY m.bundle DESC, CASE WHEN m.metric = h.metric THEN 0 ELSE 1 END, m.metric",
        [against],
    )
    age = {n: rank for mine in of.bundles.values() for rank, n in enumerate(mine)}
    newest: dict[tuple[str, str], dict[str, tuple[tuple[bool, int], Measured]]] = defaultdict(dict)
    for row in found.to_dict("records"):
        bundle = of.table[int(row["bundle"])]
        before = RowHead(row["cell"], row["suite"], row["name"], row["lane"])
        cell = renames.head(before).id
        rank = (cell == row["cell"], age[int(row["bundle"])])
        builds = newest[cell, row["metric"]]
        other = builds.get(bundle["identity"])
        if other is None or other[0] < rank:
            builds[bundle["identity"]] = (rank, _measured(of, bundle["identity"], row))
    order = {key.identity: place for place, key in enumerate(of.keys)}
    return {
        key: tuple(builds[identity][1] for identity in sorted(builds, key=order.__getitem__))
        for key, builds in newest.items()
    }


def _measured(of: Chosen, identity: str, row: dict[Any, Any]) -> Measured:
    known = {name: None if row[name] != row[name] else row[name] for name in _KNOWN}
    return Measured(
        build=of.names[identity],
        time=next(key.time for key in of.keys if key.identity == identity),
        unit=row["unit"],
        seeds=tuple(map(int, row["seeds"].split())),
        values=tuple(map(float, row["candidate"].split())),
        n=int(row["n"]),
        baseline_n=int(row["baseline_n"]),
        **known,
    )
