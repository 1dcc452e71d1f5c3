"""The pieces of a page section as plain JSON values, which `sections.js` draws with textContent.

All words and numbers are settled here; the script knows how a table looks, not what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote

from qualify.core.grid import Column
from qualify.core.overview import Standing
from qualify.core.verdict import Status
from qualify.rendering.palette import ANSWER_GLYPH, WEIGHT_WORDS, Weight
from qualify.rendering.text import printable

Block = dict[str, object]
Value = str | dict[str, str]


def permalink(build: str, cell: str = "") -> str:
    """Return the address of a section within the page."""
    place = f"&build={_spelled(build)}"
    return f"#cell={_spelled(cell)}{place}" if cell else f"#{place[1:]}"


def row_link(row: str) -> str:
    """Return the address of a row's section."""
    return f"#row={_spelled(row)}"


def tree_link(name: str) -> str:
    """Return the address of the section of one canary over its lanes."""
    return f"#view={quote(f'tree:{printable(name)}', safe='/:')}"


def beside(*parts: str) -> str:
    """Return the address of a file beside the page."""
    return "/".join(quote(printable(part), safe="") for part in parts)


def place(column: Column, cell: str) -> Value:
    """Name a cell, and the way to its section where it has one."""
    known = cell in column.squares
    return link(cell, permalink(column.build.id, cell)) if known else cell


def chip(status: Status) -> Value:
    """Show a status as glyph and name in its colours."""
    return {"status": status.value}


def weight(of: Weight) -> Value:
    """Show what a finding means for the release."""
    return {"weight": of, "text": WEIGHT_WORDS[of]}


def answer(of: Standing) -> Value:
    """Show a decision as glyph and word in its colour; a build in progress has no decision yet."""
    return {"answer": of, "glyph": "…" if of == "running" else ANSWER_GLYPH[of], "text": of}


def tail(message: str, lines: Iterable[str]) -> Value:
    """Show a message behind which the end of a log folds out."""
    return {"text": printable(message), "log": printable("\n".join(lines))}


def link(text: str, href: str) -> Value:
    """Point to another section, or to a file beside the page."""
    return {"text": printable(text), "href": href}


def text(title: str, words: str) -> Block:
    """Show a paragraph."""
    return {"kind": "text", "title": printable(title), "text": printable(words)}


def facts(title: str, rows: Iterable[tuple[str, Value | None]]) -> Block:
    """List names with their values; those without a value are left out."""
    kept = [[name, _plain(value)] for name, value in rows if value]
    return {"kind": "facts", "title": printable(title), "rows": kept}


def table(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    prose: bool = False,
    fold: bool = False,
) -> Block:
    """Show a table; a column whose head begins with `#` is numeric.

    Where the last column is `prose`, a narrow screen shows each row as a paragraph. One that is to
    `fold` opens when it is asked for.
    """
    return {
        "kind": "table",
        "title": printable(title),
        "head": list(head),
        "rows": [[_plain(value) for value in row] for row in rows],
        "look": "prose" if prose else "",
        "fold": fold,
    }


def comparison(title: str, rows: Iterable[tuple[str, Sequence[Value]]]) -> Block:
    """Show named rows, a column for each thing that is compared."""
    named = [[name, *map(_plain, values)] for name, values in rows]
    return {"kind": "table", "title": title, "head": [], "rows": named, "look": "side"}


def log(title: str, lines: Iterable[str]) -> Block:
    """Show the lines of a log, folded away until asked for."""
    return {"kind": "log", "title": printable(title), "text": printable("\n".join(lines))}


def chips(title: str, counts: Iterable[tuple[Status, int]]) -> Block:
    """Show how many there are of each status, in one line."""
    rows = [[chip(status), str(count)] for status, count in counts]
    return {"kind": "chips", "title": printable(title), "rows": rows}


def ribbon(title: str, marks: Iterable[tuple[Value, str, str]]) -> Block:
    """Show marks side by side, each with what it says on hover and the address behind it."""
    rows = [[mark, printable(label), href] for mark, label, href in marks]
    return {"kind": "ribbon", "title": printable(title), "rows": rows}


def command(title: str, line: str) -> Block:
    """Show a command with a copy button."""
    return {"kind": "command", "title": title, "text": printable(line)}


def plot(label: str, figure: Block, *, beside: bool = False) -> Block:
    """Show a plotly figure, drawn when the section is opened; `label` says it in words.

    Where there is room, it stands `beside` the plot before it.
    """
    words = {"title": "", "label": printable(label)}
    return {"kind": "plot", **words, "figure": figure, "beside": beside}


@lru_cache(4096)
def _spelled(name: str) -> str:
    """A name within an address; the same ones come again and again."""
    return quote(printable(name), safe="/")


def _plain(value: Value) -> Value:
    return printable(value) if isinstance(value, str) else value
