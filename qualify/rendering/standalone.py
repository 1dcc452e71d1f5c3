"""A section as a page of its own: plain HTML without any script.

Plots need the grid's page; here their label stands for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import cast

from qualify.core.verdict import Status
from qualify.rendering.blocks import Block, Value
from qualify.rendering.palette import slug, stylesheet
from qualify.rendering.text import printable

_CSS = """:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1rem;margin:1.6rem 0 .4rem}
.kicker{color:GrayText;margin:0}.lead{font-size:1.05rem}
.scroller{overflow-x:auto}table{border-collapse:collapse}
th,td{padding:.25rem .7rem .25rem 0;text-align:left;vertical-align:top;
border-bottom:1px solid color-mix(in srgb,currentColor 15%,transparent)}
td:not(.num){overflow-wrap:anywhere;min-width:6rem}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:GrayText}dd{margin:0}
pre,code{font:13px/1.45 ui-monospace,monospace}pre{overflow-x:auto}
.sq{display:inline-block;width:1.5em;text-align:center;border-radius:3px;background:var(--fill);
color:var(--ink);border:1px var(--line) var(--edge);margin-right:.3em}.chip{white-space:nowrap}"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def standalone(of: Block, generated: str) -> str:
    """Write the page; `generated` is the time to show."""
    title = _plain(of["title"])
    found = "\n".join(_block(block) for block in cast("Sequence[Block]", of["blocks"]))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{_CSS}
{stylesheet()}</style></head>
<body><main><p class="kicker">{_plain(of["kicker"])}</p>
<h1>{title}</h1>
<p class="lead">{_plain(of["lead"])}</p>
{found}
<p class="kicker">{_plain(generated)}</p></main></body></html>
"""


def _block(block: Block) -> str:
    kind = str(block["kind"])
    title = f"<h2>{_plain(block['title'])}</h2>" if block["title"] and kind != "log" else ""
    return f"<section>{title}{_DRAWN[kind](block)}</section>"


def _words(block: Block) -> str:
    return f"<p>{_plain(block['text'])}</p>"


def _command(block: Block) -> str:
    return f"<pre><code>{_plain(block['text'])}</code></pre>"


def _plot(block: Block) -> str:
    return f"<p>{_plain(block['label'])}</p>"


def _log(block: Block) -> str:
    words = f"<summary>{_plain(block['title'])}</summary><pre>{_plain(block['text'])}</pre>"
    return f"<details>{words}</details>"


def _facts(block: Block) -> str:
    rows = "".join(f"<dt>{_value(name)}</dt><dd>{_value(of)}</dd>" for name, of in _rows(block))
    return f"<dl>{rows}</dl>"


def _chips(block: Block) -> str:
    return "<p>" + " ".join(f"{_value(of)} {_value(n)}" for of, n in _rows(block)) + "</p>"


def _ribbon(block: Block) -> str:
    marks = (f'<span title="{_plain(row[1])}">{_value(row[0])}</span>' for row in _rows(block))
    return f"<p>{' '.join(marks)}</p>"


def _table(block: Block) -> str:
    head = cast("Sequence[str]", block["head"])
    number = [name.startswith("#") for name in head]
    names = "".join(
        f'<th scope="col"{_class(number, at)}>{_plain(name.removeprefix("#"))}</th>'
        for at, name in enumerate(head)
    )
    rows = "".join(f"<tr>{_cells(row, number)}</tr>" for row in _rows(block))
    top = f"<thead><tr>{names}</tr></thead>" if any(head) else ""
    name = _plain(block["title"] or "table")
    table = f"<table>{top}<tbody>{rows}</tbody></table>"
    return f'<div class="scroller" role="region" tabindex="0" aria-label="{name}">{table}</div>'


def _cells(row: Sequence[Value], number: Sequence[bool]) -> str:
    first, *rest = row
    cells = (f"<td{_class(number, at)}>{_value(of)}</td>" for at, of in enumerate(rest, 1))
    return f'<th scope="row">{_value(first)}</th>{"".join(cells)}'


def _class(number: Sequence[bool], at: int) -> str:
    return ' class="num"' if at < len(number) and number[at] else ""


def _rows(block: Block) -> Sequence[Sequence[Value]]:
    return cast("Sequence[Sequence[Value]]", block["rows"])


def _value(of: Value) -> str:
    if isinstance(of, str):
        return _plain(of)
    if "status" not in of:
        return _plain(f"{of['glyph']} {of['text']}" if "glyph" in of else of["text"])
    status = Status(of["status"])
    square = f'<span class="sq {slug(status)}" aria-hidden="true">{status.glyph}</span>'
    return f'<span class="chip">{square}{_plain(status.value)}</span>'


def _plain(words: object) -> str:
    return escape(printable(str(words)))


_DRAWN: Mapping[str, Callable[[Block], str]] = {
    "text": _words,
    "command": _command,
    "plot": _plot,
    "log": _log,
    "facts": _facts,
    "chips": _chips,
    "ribbon": _ribbon,
    "table": _table,
}
