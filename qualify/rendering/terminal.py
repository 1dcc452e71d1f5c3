"""A run in a terminal, as rich renderables; hostile text cannot style or move anything."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from qualify.core.grid import Column, Square
from qualify.core.overview import Overview
from qualify.core.verdict import Answer, Finding, Status
from qualify.rendering.evidence import finding, full
from qualify.rendering.glyphs import glyph
from qualify.rendering.palette import ANSWER_GLYPH, WEIGHT_WORDS, Weight
from qualify.rendering.terminal_grid import terminal_grid
from qualify.rendering.text import one_line

_ANSWER_STYLE: dict[Answer, str] = {
    "ship": "bold green",
    "hold": "bold red",
    "inconclusive": "bold yellow",
}
_WEIGHT_STYLE: dict[Weight, str] = {"hold": "bold red", "undecided": "bold yellow", "note": "dim"}
_DETAILS = 6


def report(
    overview: Overview, column: Column, width: int = 80, *, everything: bool = False
) -> RenderableType:
    """Everything that a terminal shows of a run, which decided on the given build."""
    return Group(
        terminal_grid(overview, width, everything=everything),
        trouble(column),
        together(column),
        decision_panel(column),
    )


def trouble(column: Column) -> RenderableType:
    """Every cell that is not green or at rest, with its reason and how to see it again."""
    return Group(*(line for square in column.squares.values() for line in _trouble(square)))


def together(column: Column) -> RenderableType:
    """What the cells show together, and which of them the secondary views name."""
    decision = column.decision
    lines = [_finding(one) for one in decision.findings]
    for view, cells in decision.discoveries.items():
        names = ", ".join(map(one_line, cells)) or "no cell"
        lines.append(Text(f"  second opinion by {one_line(view)}: {names}", style="dim"))
    return Group(*(Text(), *lines) if lines else ())


def decision_panel(column: Column) -> Panel:
    """The decision in one sentence."""
    decision = column.decision
    style = _ANSWER_STYLE[decision.answer]
    words = Text.assemble(
        (f"{ANSWER_GLYPH[decision.answer]} {decision.answer}", style),
        f"  {one_line(decision.reason)}",
    )
    return Panel(words, border_style=style, expand=False)


def _finding(one: Finding) -> Text:
    style = _WEIGHT_STYLE[one.weight]
    return Text.assemble((f"{WEIGHT_WORDS[one.weight]}: ", style), one_line(finding(one)))


def _trouble(square: Square) -> Iterator[RenderableType]:
    status = square.verdict.status
    undecided = {Status.INCONCLUSIVE, Status.INFRA, Status.LOST}
    if not (status.red or status in undecided):
        return
    name = (one_line(square.cell.id), "bold")
    yield Text.assemble("\n", glyph(status), " ", name, f"  {status.value}")
    yield Text(f"    {one_line(square.verdict.reason)}")
    for one in square.verdict.metrics:
        if not one.status.green:
            yield Padding(Text(one_line(full(one)), style="dim"), (0, 0, 0, 4))
    for line in square.verdict.details[-_DETAILS:]:
        yield Text(f"    | {one_line(line)}", style="dim")
    if square.reproduce:
        yield Text(f"    $ {one_line(square.reproduce)}", style="dim", overflow="fold")
