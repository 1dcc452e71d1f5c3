"""The grid in a terminal, as rich renderables; hostile text cannot style or move anything."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from qualify.core.grid import Column, Grid, Square
from qualify.core.plan import Cell
from qualify.core.verdict import Answer, Finding, Status
from qualify.rendering.evidence import finding, full
from qualify.rendering.palette import ANSWER_GLYPH, LIGHT, MEANING, WEIGHT_WORDS, Weight
from qualify.rendering.text import one_line

_ANSWER_STYLE: dict[Answer, str] = {
    "ship": "bold green",
    "hold": "bold red",
    "inconclusive": "bold yellow",
}
_WEIGHT_STYLE: dict[Weight, str] = {"hold": "bold red", "undecided": "bold yellow", "note": "dim"}
_EMPTY = {Status.GATED, Status.NOT_SCHEDULED, Status.RUNNING}
_COLUMN_WIDTH = 7
_DETAILS = 6


def report(grid: Grid, column: Column, width: int = 80) -> RenderableType:
    """Everything that a terminal shows of a run, which decided on the given build."""
    return Group(
        grid_table(grid, width),
        legend(grid),
        trouble(column),
        together(column),
        decision_panel(column),
    )


def grid_table(grid: Grid, width: int = 80) -> Table:
    """Builds as columns, newest left, as many as fit; cells as rows, grouped by suite."""
    shown = grid.columns[: fitting(grid, width)]
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("cell", max_width=_names(grid, width), no_wrap=True, overflow="ellipsis")
    for column in shown:
        table.add_column(_head(column), justify="center", no_wrap=True)
    cells = grid.rows()
    for suite in dict.fromkeys(cell.suite for cell in cells):
        table.add_section()
        for cell in (c for c in cells if c.suite == suite):
            table.add_row(_name(cell), *(glyph(grid.status(column, cell)) for column in shown))
    return table


def fitting(grid: Grid, width: int) -> int:
    """How many builds fit beside the names; always the newest."""
    widest = max((len(column.build.id) + 2 for column in grid.columns), default=_COLUMN_WIDTH)
    return max(1, (width - _names(grid, width) - 4) // max(widest, _COLUMN_WIDTH))


def glyph(status: Status) -> Text:
    """The status's glyph in its colours, on the terminal's own ground where it has no fill."""
    shade = LIGHT[status]
    if status in _EMPTY:
        return Text(f" {status.glyph} ", style="dim")
    return Text(f" {status.glyph} ", style=f"bold {shade.ink} on {shade.fill}")


def legend(grid: Grid) -> RenderableType:
    """The statuses that occur, each with its meaning."""
    used = {grid.status(column, cell) for column in grid.columns for cell in grid.rows()}
    table = Table.grid(padding=(0, 2))
    for status in (s for s in Status if s in used):
        table.add_row(glyph(status), Text(status.value), Text(MEANING[status], style="dim"))
    return table


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
        f"  {one_line(decision.sentence)}",
    )
    return Panel(words, border_style=style, expand=False)


def _names(grid: Grid, width: int) -> int:
    longest = max((len(cell.id) for cell in grid.rows()), default=4)
    return min(longest, max(24, width * 6 // 10))


def _head(column: Column) -> Text:
    answer = column.decision.answer
    mark = (ANSWER_GLYPH[answer], _ANSWER_STYLE[answer])
    return Text.assemble(one_line(column.build.id), "\n", (column.time[5:10], "dim"), "\n", mark)


def _name(cell: Cell) -> Text:
    return Text(one_line(cell.id))


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
