"""The grid as one self-contained HTML file that makes no network request.

Everything that was said by a candidate, a log or a file reaches the page either through Jinja's
autoescape or as JSON that cannot close its element; a content security policy admits no script but
the two whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from dashboards.style import TEMPLATE
from qualify.core.grid import Column, Grid
from qualify.core.verdict import Status
from qualify.rendering.board import days, groups, heads
from qualify.rendering.build_section import build_section
from qualify.rendering.cell_section import cell_section
from qualify.rendering.palette import MEANING, slug, stylesheet
from qualify.rendering.text import printable

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def render_page(grid: Grid, generated: str) -> str:
    """Draw the whole grid; `generated` is the time to show, UTC, ISO 8601."""
    script, plotly = _script(), _plotly()
    return _template("page.html.j2").render(
        grid=grid,
        generated=generated,
        policy=_policy(script, plotly),
        css=Markup(f"{_asset('page.css')}\n{stylesheet()}"),  # noqa: S704 -- our own files
        script=Markup(script),  # noqa: S704
        plotly=Markup(plotly),  # noqa: S704
        legend=[(status, slug(status), MEANING[status]) for status in Status],
        days=days(grid),
        heads=heads(grid),
        groups=groups(grid),
        words=embed({s.value: {"glyph": s.glyph, "style": slug(s)} for s in Status}),
        look=embed(TEMPLATE),
        columns=[embed(_column(grid, column)) for column in grid.columns],
    )


def embed(value: object) -> Markup:
    """Write JSON that is safe inside a script element, whatever strings it holds."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 -- has no <, > or & left


def _column(grid: Grid, column: Column) -> dict[str, object]:
    cells = {printable(cell.id): cell_section(grid, column, cell) for cell in grid.rows()}
    return {"id": printable(column.build.id), "build": build_section(column), "cells": cells}


def _policy(*scripts: str) -> str:
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _script() -> str:
    parts = "\n".join(_asset(name) for name in ("sections.js", "page.js"))
    return f'"use strict";\n(() => {{\n{parts}\n}})();'


@cache
def _plotly() -> str:
    return str(get_plotlyjs()).replace("\r\n", "\n").replace("</script", "<\\/script").strip()


@cache
def _asset(name: str) -> str:
    return (files("qualify.rendering") / "templates" / name).read_text("utf-8").strip()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("qualify.rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _clean(value: object) -> object:
    """Make every string that a template shows printable, except markup that is our own."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return printable(str(value)) if plain else value
