"""A page section in a terminal: the same words and numbers from the same blocks.

Plots stay on the page; what they show is in their label. Hostile text cannot style anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, cast

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qualify.core.verdict import Status
from qualify.rendering.blocks import Block, Value
from qualify.rendering.glyphs import glyph
from qualify.rendering.text import one_line, printable

_WEIGHT_STYLE = {"hold": "bold red", "undecided": "bold yellow", "note": "dim"}
_TAIL = 20  # lines of a log
_WORDS = 15  # letters that a column of words needs
_CHIPS = 4  # statuses of a row that have room for their names


def section(of: Block, width: int = 80, *, logs: bool = True) -> RenderableType:
    """Draw a section: its title, its sentence, its blocks one under the other."""
    status = of.get("status")
    mark = glyph(Status(status)) if status else Text(f" {of.get('glyph', '')} ", style="bold")
    title = Text.assemble(mark, " ", (one_line(str(of["title"])), "bold"))
    kicker = Text(one_line(str(of["kicker"])), style="dim")
    found = cast("Sequence[Block]", of["blocks"])
    drawn = (line for block in found for line in _block(block, width, logs=logs))
    words = [status] if status else []
    lead = ": ".join((*map(str, words), one_line(str(of["lead"]))))
    return Group(title, kicker, Text(), Text(lead), *drawn)


def _block(block: Block, width: int, *, logs: bool) -> Iterator[RenderableType]:
    kind = str(block["kind"])
    if kind not in (*_DRAWN, "table") or (kind == "log" and not logs):
        return
    if block["title"]:
        yield Text.assemble("\n", (one_line(str(block["title"])), "bold"))
    drawn = _table(block, width - 2) if kind == "table" else _DRAWN[kind](block)
    yield Padding(drawn, (0, 0, 0, 2))
    if kind == "table" and logs:
        yield from (Padding(line, (0, 0, 0, 2)) for line in _tails(block))


def _text(block: Block) -> RenderableType:
    return Text(printable(str(block["text"])))


def _command(block: Block) -> RenderableType:
    return Text(f"$ {one_line(str(block['text']))}", overflow="fold")


def _log(block: Block) -> RenderableType:
    lines = printable(str(block["text"])).splitlines()
    cut = [f"… {len(lines) - _TAIL} lines before"] if len(lines) > _TAIL else []
    return Text("\n".join(f"| {line}" for line in (*cut, *lines[-_TAIL:])), style="dim")


def _facts(block: Block) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(block):
        table.add_row(Text(one_line(str(name))), _value(value))
    return table


def _chips(block: Block) -> RenderableType:
    shown = [Text.assemble(_value(status), f" {count}") for status, count in _rows(block)]
    return Text("   ").join(shown)


def _ribbon(block: Block) -> RenderableType:
    return Text(" ").join([_value(row[0], brief=True) for row in _rows(block)])


def _table(block: Block, width: int) -> RenderableType:
    """A table; where it is too wide its words are folded, and no letter is lost."""
    brief = _brief(block)
    head = list(cast("Sequence[str]", block["head"]))
    rows = [[_value(of, brief=brief) for of in row] for row in _rows(block)]
    head += [""] * (max(map(len, rows), default=0) - len(head))
    if head[-1:] == ["log"] and not any(" " in row[-1].plain for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]  # no messages, but paths of files
    names = [Text(one_line(name.removeprefix("#"))) for name in head]
    right = [name.startswith("#") for name in head]
    whole = _numbers([names, *rows], right) + _WORDS * right.count(False) <= width
    shown = any(head)
    table = Table(box=box.SIMPLE_HEAD if shown else None, show_header=shown, pad_edge=False)
    for name, number in zip(names, right, strict=True):
        side: Literal["left", "right"] = "right" if number else "left"
        table.add_column(name, justify=side, overflow="fold", no_wrap=number and whole)
    for row in rows:
        table.add_row(*row)
    return table


def _tails(block: Block) -> Iterator[RenderableType]:
    """The ends of logs that fold out of a table's rows on the page."""
    for row in _rows(block):
        for of in row:
            if not isinstance(of, str) and of.get("log"):
                title = " ".join(_value(one).plain for one in row[:4])
                yield Text(f"Log of {title}", style="bold")
                yield _log({"text": of["log"]})


def _numbers(rows: Sequence[Sequence[Text]], right: Sequence[bool]) -> int:
    """How wide the columns of numbers are together."""
    places = (at for at, number in enumerate(right) if number)
    return sum(
        3 + max((row[at].cell_len for row in rows if at < len(row)), default=0) for at in places
    )


def _brief(block: Block) -> bool:
    """Whether so many statuses stand in a row that each is its glyph alone."""
    return any(
        sum(isinstance(of, dict) and "status" in of for of in r) > _CHIPS for r in _rows(block)
    )


def _rows(block: Block) -> Sequence[Sequence[Value]]:
    return cast("Sequence[Sequence[Value]]", block["rows"])


def _value(of: Value, *, brief: bool = False) -> Text:
    """A value; where many statuses stand in a row, a status is its glyph."""
    if isinstance(of, str):
        return Text(printable(of))
    if "status" in of:
        if brief:
            return glyph(Status(of["status"]))
        return Text.assemble(glyph(Status(of["status"])), f" {of['status']}")
    mark = f"{of['glyph']} " if "glyph" in of else ""
    return Text(f"{mark}{printable(of['text'])}", style=_WEIGHT_STYLE.get(of.get("weight", ""), ""))


_DRAWN: Mapping[str, Callable[[Block], RenderableType]] = {
    "text": _text,
    "command": _command,
    "log": _log,
    "facts": _facts,
    "chips": _chips,
    "ribbon": _ribbon,
}
