"""The page section of one row through all its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.history import history
from qualify.core.atlas import Atlas
from qualify.core.changes import ChangePoint
from qualify.core.overview import BuildHead, Point, RowHead
from qualify.core.verdict import Status
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.palette import MEANING
from qualify.rendering.shown import drawn, figures
from qualify.rendering.since import changed, confidence, first_bad, lost, recent, row_of, shift
from qualify.rendering.text import amount, number, printable

RIBBON, TABLE = 120, 40
"""The most builds of a ribbon and of a table: the grid itself shows all."""
_SHORT = 40  # builds of a ribbon in a cell's section
_BUILDS = ("build", "version", "day", "status", "#mean", "#loss", "#trainings", "#CPU s")
_STEPS = ("since", "metric", "#before", "#after", "#loss [95 % interval]", "#sure", "came with")


def row_section(atlas: Atlas, row: RowHead) -> Block:
    """One cell in all builds: its metric with the steps in it, its statuses, what it costs."""
    line = recent(atlas.overview, row_of(atlas.overview, row.id) or 0, RIBBON)
    status = line[0][1].status if line else Status.NOT_SCHEDULED
    return {
        "title": printable(row.id),
        "kicker": printable(
            f"{amount(len(atlas.overview.builds), 'build')} · {row.about or row.suite}"
        ),
        "status": status.value,
        "lead": printable(_lead(atlas, row, line)),
        "blocks": list(_blocks(atlas, row, line)),
    }


def past(atlas: Atlas, cell: str, build: str) -> Iterator[Block]:
    """A cell's history as its own section shows it, with this build marked."""
    at = row_of(atlas.overview, cell)
    if at is None:
        return
    row = atlas.overview.rows[at]
    bad = atlas.bad.get(cell)
    known = [changed(one, row) for one in atlas.changes.get(cell, ())]
    facts: list[tuple[str, Value]] = [("first bad build", first_bad(bad) if bad else "")]
    facts += [(f"step {number}", words) for number, words in enumerate(known, 1)]
    whole = ("all builds", blocks.link(row.id, blocks.row_link(row.id)))
    yield blocks.facts("History", [*facts, whole])
    if row.metric:
        yield from figures(f"{row.metric} of {cell} over the builds", history(atlas, row, build))
    else:
        line = recent(atlas.overview, at, _SHORT)
        yield _ribbon("", line, row)


def _lead(atlas: Atlas, row: RowHead, line: list[tuple[BuildHead, Point]]) -> str:
    """How it stands, since when, and how often it was green."""
    if not line:
        return "No build knows it."
    newest, point = line[0]
    now = f"{newest.id}: {MEANING[point.status]}"
    ran = [p.status for _, p in line if p.status not in (Status.NOT_SCHEDULED, Status.SKIPPED)]
    green = f"green in {sum(one.green for one in ran)} of {len(ran)} builds" if ran else "never run"
    bad = atlas.bad.get(row.id)
    return "; ".join(filter(None, (now, first_bad(bad) if bad else "", green)))


def _blocks(atlas: Atlas, row: RowHead, line: list[tuple[BuildHead, Point]]) -> Iterator[Block]:
    yield _ribbon(f"Builds, the newest first{_of(line, RIBBON)}", line, row)
    yield _about(atlas, row)
    steps = atlas.changes.get(row.id, ())
    if steps:
        yield blocks.table("Steps", _STEPS, [_step(one) for one in steps])
    yield from drawn("row", row.id, atlas, row)
    title = f"Build by build{_of(line, TABLE)}"
    yield blocks.table(title, _BUILDS, [_build_row(h, p, row) for h, p in line[:TABLE]])


def _ribbon(title: str, line: Sequence[tuple[BuildHead, Point]], row: RowHead) -> Block:
    marks = [(blocks.chip(p.status), _label(h, p, row), _square(h, row)) for h, p in line]
    return blocks.ribbon(title, marks)


def _of(line: list[tuple[BuildHead, Point]], most: int) -> str:
    return f" (the newest {most})" if len(line) >= most else ""


def _about(atlas: Atlas, row: RowHead) -> Block:
    unit = f" in {row.unit}" if row.unit else ""
    metric = f"{row.metric}{unit}, {row.direction} is better" if row.metric else ""
    lanes = atlas.overview.lanes[row.name]
    name = blocks.link(f"{row.name} on {lanes} lanes", blocks.tree_link(row.name))
    return blocks.facts(
        "",
        (
            ("promise", row.about),
            ("owner", row.owner),
            ("lane", row.lane),
            ("metric", metric),
            ("elsewhere", name if lanes > 1 else ""),
        ),
    )


def _square(head: BuildHead, row: RowHead) -> str:
    return blocks.permalink(head.id, row.id)


def _label(head: BuildHead, point: Point, row: RowHead) -> str:
    value = f", {row.metric} {number(point.value)}" if point.value == point.value else ""
    return f"{head.id} · {head.version}: {point.status.value}{value}"


def _step(one: ChangePoint) -> tuple[Value, ...]:
    likely = ", ".join(f"{build} {share:.0%}" for build, share in one.posterior[:3])
    since: Value = blocks.link(one.build, blocks.permalink(one.build))
    levels = (number(one.before), number(one.after), shift(one), confidence(one))
    return (since, one.metric, *levels, likely)


def _build_row(head: BuildHead, point: Point, row: RowHead) -> tuple[Value, ...]:
    known = point.status is not Status.NOT_SCHEDULED
    place: Value = blocks.link(head.id, _square(head, row)) if known else head.id
    cost = (str(point.trainings), f"{point.seconds:.1f}") if known else ("–", "–")
    chip = blocks.chip(point.status)
    return (
        place,
        head.version,
        head.time[:10],
        chip,
        number(point.value),
        lost(row.metric, point.loss),
        *cost,
    )
