"""The page section of one canary: the same training on every lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dashboards.lanes import lanes
from qualify.core.atlas import Atlas
from qualify.core.overview import RowHead
from qualify.core.verdict import Status
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.row_section import RIBBON
from qualify.rendering.shown import figures
from qualify.rendering.since import first_bad, lost, recent, row_of
from qualify.rendering.text import number, printable

_HEAD = ("lane", "newest", "#mean", "#loss", "#green", "since")


def tree_section(atlas: Atlas, name: str) -> Block:
    """Everything of that name, lane by lane; raises KeyError where no row has it."""
    rows = [row for row in atlas.overview.rows if row.name == name]
    if not rows:
        raise KeyError(name)
    newest = [_newest(atlas, row) for row in rows]
    return {
        "title": printable(name),
        "kicker": printable(f"{rows[0].suite} · {len(rows)} lanes · {rows[0].about}"),
        "status": _worst(newest).value,
        "lead": printable(_lead(newest)),
        "blocks": list(_blocks(atlas, rows)),
    }


def _newest(atlas: Atlas, row: RowHead) -> Status:
    line = recent(atlas.overview, row_of(atlas.overview, row.id) or 0, 1)
    return line[0][1].status if line else Status.NOT_SCHEDULED


def _worst(statuses: list[Status]) -> Status:
    """Red before undecided before green: what a reader must know of first."""
    return min(statuses, key=lambda one: (not one.red, one.green, one.value))


def _lead(statuses: list[Status]) -> str:
    counts = Counter(statuses)
    told = ", ".join(f"{count} {status.value}" for status, count in counts.most_common())
    return f"In the newest build, lane by lane: {told}"


def _blocks(atlas: Atlas, rows: list[RowHead]) -> Iterator[Block]:
    yield blocks.table("Lanes", _HEAD, [_lane_row(atlas, row) for row in rows])
    yield from figures(f"{rows[0].name} over the builds, by lane", lanes(atlas, rows))
    for row in rows:
        line = recent(atlas.overview, row_of(atlas.overview, row.id) or 0, RIBBON)
        marks = [
            (
                blocks.chip(point.status),
                f"{head.id} · {head.version}: {point.status.value}",
                blocks.permalink(head.id, row.id),
            )
            for head, point in line
        ]
        yield blocks.ribbon(row.lane or row.id, marks)


def _lane_row(atlas: Atlas, row: RowHead) -> tuple[Value, ...]:
    line = recent(atlas.overview, row_of(atlas.overview, row.id) or 0, RIBBON)
    point = line[0][1]
    green = sum(p.status.green for _, p in line)
    bad = atlas.bad.get(row.id)
    place: Value = blocks.link(row.lane or row.id, blocks.row_link(row.id))
    since = first_bad(bad) if bad else ""
    chip = blocks.chip(point.status)
    return (
        place,
        chip,
        number(point.value),
        lost(row.metric, point.loss),
        f"{green} of {len(line)}",
        since,
    )
