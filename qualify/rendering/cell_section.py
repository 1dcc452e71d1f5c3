"""The page section of one cell of one build, as a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator

from qualify.core.atlas import Atlas
from qualify.core.attempt import Attempt
from qualify.core.grid import Column, Square
from qualify.core.plan import Cell
from qualify.core.practices import PRACTICES
from qualify.core.verdict import Status
from qualify.rendering import blocks, evidence
from qualify.rendering.blocks import Block, Value
from qualify.rendering.changes import PARTS, Change, build_changes
from qualify.rendering.evidence_blocks import evidence_blocks
from qualify.rendering.palette import MEANING
from qualify.rendering.row_section import past
from qualify.rendering.sentences import sentence
from qualify.rendering.shown import drawn
from qualify.rendering.since import last_green
from qualify.rendering.text import more, printable

_ATTEMPTS = ("arm", "#seed", "#attempt", "outcome", "#wall s", "#CPU s", "#peak MB", "log")
_OPEN = 12  # attempts that are shown without being asked for
_CHANGES = 12


def cell_section(atlas: Atlas, column: Column, cell: Cell) -> Block:
    """Everything that is known of a cell of a build; of an unknown cell only that it is unknown."""
    square = column.squares.get(cell.id)
    status = square.verdict.status if square else Status.NOT_SCHEDULED
    return {
        "title": printable(cell.id),
        "kicker": printable(f"{column.build.id} · {column.build.version}"),
        "status": status.value,
        "lead": printable(sentence(column, square) if square else MEANING[status]),
        "blocks": list(_blocks(atlas, column, square)) if square else [],
    }


def _blocks(atlas: Atlas, column: Column, square: Square) -> Iterator[Block]:
    if square.reproduce:
        yield blocks.command("See it again", square.reproduce)
    yield _about(column, square)
    if square.verdict.details:
        yield blocks.log("What the log says", square.verdict.details)
    yield from evidence_blocks(square.verdict.metrics)
    yield from drawn("cell", square.cell.id, atlas, column, square)
    yield from past(atlas, square.cell.id, column.build.id)
    yield from _changes(atlas, column, square)
    yield from _attempts(column, square)


def _about(column: Column, square: Square) -> Block:
    cell, verdict = square.cell, square.verdict
    needed = f"{more(verdict.more)} more trainings" if verdict.more is not None else ""
    return blocks.facts(
        "About",
        (
            ("promise", cell.about),
            ("owner", cell.owner),
            ("the rule's words", f"{verdict.reason} ({verdict.code})"),
            ("judged against", column.baseline),
            ("trainings spent", str(verdict.trainings)),
            ("would decide", needed),
            ("failures", evidence.failures(verdict.failures) if verdict.failures else ""),
            ("predictions", evidence.identity(verdict)),
            ("evidence for", "; ".join(f"{p}: {PRACTICES[p]}" for p in cell.practice)),
            ("build", blocks.link(column.build.id, blocks.permalink(column.build.id))),
        ),
    )


def _changes(atlas: Atlas, column: Column, square: Square) -> Iterator[Block]:
    """What is not as it was when the cell was last green, the dependencies first."""
    if square.verdict.status is Status.SKIPPED:
        return
    passed = last_green(atlas.overview, square.cell.id, column.build.id)
    then = atlas.builds.get(passed.id) if passed else None
    if passed is None:
        yield blocks.text("What changed", "No earlier build in this grid passed this cell.")
        return
    title = f"What changed since {passed.id}, the last build that passed"
    if then is None:
        yield blocks.text(title, "Its record is not in this grid.")
        return
    rows = [_change_row(change) for change in build_changes(column.build, then, square.cell.lane)]
    if rows:
        head = ("", "what", "then", "now")
        yield blocks.table(title, head, rows, fold=len(rows) > _CHANGES)
    else:
        yield blocks.text(title, "Nothing that is recorded: the same source and environment.")


def _change_row(change: Change) -> tuple[Value, ...]:
    kind = f"{PARTS[change.part]} {change.kind}"
    return (kind, change.name, change.before or "–", change.after or "–")


def _attempts(column: Column, square: Square) -> Iterator[Block]:
    if square.attempts:
        rows = [_attempt_row(one) for one in square.attempts]
        lane, made = square.cell.lane, column.build.provenance
        runner = f" on {lane.runner}, {made.cpu or made.platform}" if lane else ""
        title = f"Attempts ({len(rows)}){runner}"
        yield blocks.table(title, _ATTEMPTS, rows, fold=len(rows) > _OPEN)


def _attempt_row(one: Attempt) -> tuple[Value, ...]:
    measured = (f"{one.wall_s:.2f}", f"{one.cpu_s:.2f}", f"{one.peak_rss_mb:.0f}")
    told = one.message or one.log
    log = blocks.tail(told, one.log_tail) if one.log_tail else told
    return (one.arm, str(one.seed), str(one.number), one.outcome.value, *measured, log)
