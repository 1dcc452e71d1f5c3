"""The page section of one cell of one build, as a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from dashboards.evidence import evidence_path
from dashboards.strip import strip
from qualify.core.attempt import Attempt
from qualify.core.grid import Column, Grid, Square
from qualify.core.plan import Cell
from qualify.core.practices import PRACTICES
from qualify.core.verdict import MetricEvidence, Status
from qualify.rendering import blocks, evidence
from qualify.rendering.blocks import Block, Value
from qualify.rendering.changes import Change, build_changes
from qualify.rendering.palette import MEANING
from qualify.rendering.text import more, printable

_ATTEMPT_HEAD = ("arm", "#seed", "#attempt", "outcome", "#wall s", "#CPU s", "#peak MB", "message")


def cell_section(grid: Grid, column: Column, cell: Cell) -> Block:
    """Everything that is known of a cell of a build; of an unknown cell only that it is unknown."""
    square = column.squares.get(cell.id)
    status = grid.status(column, cell)
    return {
        "title": printable(cell.id),
        "kicker": printable(f"{column.build.id} · {column.build.version}"),
        "status": status.value,
        "lead": printable(square.verdict.reason if square else MEANING[status]),
        "blocks": list(_blocks(grid, column, square)) if square else [],
    }


def _blocks(grid: Grid, column: Column, square: Square) -> Iterator[Block]:
    yield _about(column, square)
    if square.verdict.details:
        yield blocks.log("What the log says", square.verdict.details)
    yield from _reproduction(square)
    yield from _evidence(square)
    yield from _attempts(square)
    yield from _changes(grid, column, square.cell)
    yield from _logs(square)


def _about(column: Column, square: Square) -> Block:
    cell, verdict = square.cell, square.verdict
    needed = f"{more(verdict.more)} more trainings" if verdict.more is not None else ""
    return blocks.facts(
        "",
        (
            ("about", cell.about),
            ("evidence for", "; ".join(f"{p}: {PRACTICES[p]}" for p in cell.practice)),
            ("owner", cell.owner),
            ("rule", verdict.code),
            ("baseline", column.baseline),
            ("trainings spent", str(verdict.trainings)),
            ("would decide", needed),
            ("failures", evidence.failures(verdict.failures) if verdict.failures else ""),
            ("predictions", evidence.identity(verdict)),
            ("build", blocks.link(column.build.id, blocks.permalink(column.build.id))),
        ),
    )


def _reproduction(square: Square) -> Iterator[Block]:
    if square.reproduce:
        yield blocks.command("See it again", square.reproduce)


def _evidence(square: Square) -> Iterator[Block]:
    metrics = square.verdict.metrics
    if metrics:
        yield blocks.comparison("Evidence", list(_numbers(metrics)))
        reasons = ((evidence.name(one), f"{one.reason} ({one.code})") for one in metrics)
        yield blocks.facts("", reasons)
    yield from _plots(metrics)


def _numbers(metrics: Sequence[MetricEvidence]) -> Iterator[tuple[str, Sequence[Value]]]:
    yield "metric", [one.metric for one in metrics]
    yield "status", [blocks.chip(one.status) for one in metrics]
    for label, shown in evidence.NUMBERS.items():
        yield label, [shown(one) for one in metrics]


def _plots(metrics: Sequence[MetricEvidence]) -> Iterator[Block]:
    """The replicates and the evidence of each metric; the same replicates are drawn once."""
    drawn: set[tuple[str, str]] = set()
    for one in metrics:
        shown = (one.candidate or one.baseline) and (one.metric, one.against) not in drawn
        if shown:
            drawn.add((one.metric, one.against))
            yield blocks.plot(evidence.brief(one), strip(one))
        if one.worse or one.within:
            yield blocks.plot(evidence.full(one), evidence_path(one), beside=bool(shown))


def _attempts(square: Square) -> Iterator[Block]:
    if square.attempts:
        rows = [_attempt_row(one) for one in square.attempts]
        yield blocks.table(f"Attempts ({len(rows)})", _ATTEMPT_HEAD, rows)


def _attempt_row(one: Attempt) -> tuple[Value, ...]:
    measured = (f"{one.wall_s:.2f}", f"{one.cpu_s:.2f}", f"{one.peak_rss_mb:.0f}")
    return (one.arm, str(one.seed), str(one.number), one.outcome.value, *measured, one.message)


def _changes(grid: Grid, column: Column, cell: Cell) -> Iterator[Block]:
    if grid.status(column, cell) is Status.SKIPPED:
        return
    passed = grid.last_passed(column, cell)
    if passed is None:
        yield blocks.text("What changed", "No earlier build in this grid passed this cell.")
        return
    title = f"What changed since {passed.build.id}, the last build that passed"
    changes = build_changes(column.build, passed.build, cell.lane)
    rows = [_change_row(change) for change in changes]
    if rows:
        yield blocks.table(title, ("", "what", "then", "now"), rows)
    else:
        yield blocks.text(title, "Nothing that is recorded: the same source and environment.")


def _change_row(change: Change) -> tuple[Value, ...]:
    return (change.kind, change.name, change.before or "–", change.after or "–")


def _logs(square: Square) -> Iterator[Block]:
    failed = (one for one in square.attempts if one.log_tail and not one.ok)
    return chain.from_iterable(_log(one) for one in failed)


def _log(one: Attempt) -> Iterator[Block]:
    where = f" · {one.log}" if one.log else ""
    yield blocks.log(f"{one.arm}, seed {one.seed}, attempt {one.number}{where}", one.log_tail)
