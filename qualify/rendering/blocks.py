"""The pieces of a page section as plain JSON values, which `page.js` draws with textContent.

All words and numbers are settled here; the script knows how a table looks, not what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from qualify.core.verdict import Status
from qualify.rendering.palette import WEIGHT_WORDS, Weight
from qualify.rendering.text import printable

Block = dict[str, object]
Value = str | dict[str, str]


def permalink(build: str, cell: str = "") -> str:
    """Return the address of a section within the page."""
    place = f"&build={quote(printable(build), safe='/')}"
    return f"#cell={quote(printable(cell), safe='/')}{place}" if cell else f"#{place[1:]}"


def chip(status: Status) -> Value:
    """Show a status as glyph and name in its colours."""
    return {"status": status.value}


def weight(of: Weight) -> Value:
    """Show what a finding means for the release."""
    return {"weight": of, "text": WEIGHT_WORDS[of]}


def link(text: str, href: str) -> Value:
    """Point to another section."""
    return {"text": printable(text), "href": href}


def text(title: str, words: str) -> Block:
    """Show a paragraph."""
    return {"kind": "text", "title": title, "text": printable(words)}


def facts(title: str, rows: Iterable[tuple[str, Value | None]]) -> Block:
    """List names with their values; those without a value are left out."""
    kept = [[name, _plain(value)] for name, value in rows if value]
    return {"kind": "facts", "title": title, "rows": kept}


def table(
    title: str, head: Sequence[str], rows: Iterable[Sequence[Value]], *, prose: bool = False
) -> Block:
    """Show a table; a column whose head begins with `#` is numeric.

    Where the last column is `prose`, a narrow screen shows each row as a paragraph.
    """
    return {
        "kind": "table",
        "title": title,
        "head": list(head),
        "rows": [[_plain(value) for value in row] for row in rows],
        "look": "prose" if prose else "",
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
    return {"kind": "chips", "title": title, "rows": rows}


def command(title: str, line: str) -> Block:
    """Show a command with a copy button."""
    return {"kind": "command", "title": title, "text": printable(line)}


def plot(label: str, figure: Block, *, beside: bool = False) -> Block:
    """Show a plotly figure, drawn when the section is opened; `label` says it in words.

    Where there is room, it stands `beside` the plot before it.
    """
    words = {"title": "", "label": printable(label)}
    return {"kind": "plot", **words, "figure": figure, "beside": beside}


def _plain(value: Value) -> Value:
    return printable(value) if isinstance(value, str) else value
