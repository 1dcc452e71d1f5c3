"""The Markdown step summary that a CI service shows on a job's page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from qualify.core.grid import Column, Square
from qualify.core.overview import BuildHead, Overview
from qualify.core.verdict import Decision, Status
from qualify.rendering.evidence import finding, full
from qualify.rendering.palette import ANSWER_GLYPH, WEIGHT_WORDS
from qualify.rendering.text import one_line
from qualify.rendering.turns import Turns, turns

LIMIT = 1024 * 1024  # bytes; a larger summary is thrown away whole by the service
_NAMED = 20  # cells of a list
_TAIL = 200  # bytes kept free for the line that says what was cut
_HEAD = ("status", "cell", "reason", "evidence", "see it again")
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|&~@$]|:(?=\S)|(?<=www)\.|^[-+=]|^\d+[.)](?= )", re.IGNORECASE)


def summary(column: Column, overview: Overview | None = None) -> str:
    """Write the decision, the counts, and a table of every cell that is not green.

    With the `overview` of earlier builds it says, too, which cells are newly red, fixed, still red.
    """
    build, decision = column.build, column.decision
    name = escape(f"{build.target} {build.version}, {build.id}")
    head = [
        f"## {ANSWER_GLYPH[decision.answer]} {decision.answer} · {name}",
        "",
        escape(decision.reason),
        "",
        _counts(column),
        "",
        f"Baseline: {escape(column.baseline)} · trainings: {decision.trainings}",
    ]
    open_squares = [s for s in column.squares.values() if not s.verdict.status.green]
    if overview is not None:
        head += _turns(turns(overview, build.id))
    head += _findings(decision)
    if open_squares:
        head += ["", f"| {' | '.join(_HEAD)} |", f"|{'---|' * len(_HEAD)}"]
    return _cut(head, [_row(square) for square in open_squares])


def escape(text: str) -> str:
    """Make one line that Markdown shows as it is, also in a table: no markup, link or mention."""
    return _SPECIAL.sub(_entities, one_line(text))


def _entities(found: re.Match[str]) -> str:
    return "".join(c if c.isdigit() else f"&#{ord(c)};" for c in found[0])


def _counts(column: Column) -> str:
    counts = column.decision.counts
    found = ((status, counts.get(status.value, 0)) for status in Status)
    return " · ".join(f"{s.glyph} {count} {s.value}" for s, count in found if count)


def _findings(decision: Decision) -> list[str]:
    """What the cells show together, and which of them the secondary views name."""
    lines = [f"- {WEIGHT_WORDS[one.weight]}: {escape(finding(one))}" for one in decision.findings]
    for view, cells in decision.discoveries.items():
        names = ", ".join(map(escape, cells)) or "no cell"
        lines.append(f"- second opinion by {escape(view)}: {names}")
    return ["", *lines] if lines else []


def _turns(found: Turns) -> list[str]:
    """What has changed since the last builds that decided these cells; nothing where none did."""
    kinds = (("newly red", found.new), ("fixed", found.fixed), ("still red", found.still))
    lines = [_turn(name, cells) for name, cells in kinds if cells]
    return ["", *lines] if lines else []


def _turn(name: str, cells: Mapping[str, BuildHead | None]) -> str:
    told = [_since(cell, before) for cell, before in list(cells.items())[:_NAMED]]
    rest = [f"… and {len(cells) - _NAMED} more"] if len(cells) > _NAMED else []
    return f"- **{len(cells)} {name}**: {', '.join((*told, *rest))}"


def _since(cell: str, before: BuildHead | None) -> str:
    """A cell with the last earlier build that decided it."""
    return f"{escape(cell)} (before: {escape(before.id)})" if before else escape(cell)


def _row(square: Square) -> str:
    verdict = square.verdict
    status = f"{verdict.status.glyph} {verdict.status.value}"
    command = f"<code>{escape(square.reproduce)}</code>" if square.reproduce else ""
    metrics = "<br>".join(escape(full(one)) for one in verdict.metrics if not one.status.green)
    cells = (status, escape(square.cell.id), escape(verdict.reason), metrics, command)
    return f"| {' | '.join(cells)} |"


def _cut(head: Iterable[str], rows: list[str]) -> str:
    """Leave out whole rows at the end, never a part of one, and say how many."""
    text = "\n".join(head) + "\n"
    size = len(text.encode())
    for done, row in enumerate(rows):
        size += len(row.encode()) + 1
        if size > LIMIT - _TAIL:
            return f"{text}\n… and {len(rows) - done} more cells: see the grid.\n"
        text += f"{row}\n"
    return text
