"""A page's own files: its template, style and scripts, and the policy that admits no others."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from qualify.rendering.palette import stylesheet
from qualify.rendering.text import printable

SECTIONS = ("sections.js", "plots.js")
_EXPORTS = "byId, make, words, look, section, draw"
SCRIPTS = (
    "data.js",
    "view.js",
    "find.js",
    "order.js",
    "folds.js",
    "spark.js",
    "heads.js",
    "squares.js",
    "grid.js",
    "scroll.js",
    "cursor.js",
    "keys.js",
    "tip.js",
    "panel.js",
    "controls.js",
    "print.js",
    "live.js",
    "page.js",
)
"""In the order in which they run, in one scope; what draws sections has a scope of its own."""
STYLES = ("page.css", "grid.css", "sections.css", "controls.css", "print.css")
_HOME = files("qualify.rendering") / "templates"


def policy(*scripts: str, connect: bool = False) -> str:
    """Admit the scripts of these digests and nothing else; `connect`: and files beside the page."""
    digests = (hashlib.sha256(one.encode()).digest() for one in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    beside = "connect-src 'self'; " if connect else ""
    return (
        f"default-src 'none'; script-src {allowed}; {beside}style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def script() -> str:
    """The page's own script."""
    drawing = "\n".join(_asset(name) for name in SECTIONS)
    sections = f"(() => {{\n{drawing}\nreturn {{ {_EXPORTS} }};\n}})()"
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'"use strict";\n(() => {{\nconst {{ {_EXPORTS} }} = {sections};\n{parts}\n}})();'


@cache
def style() -> str:
    """The page's style, with the colours of the statuses."""
    return "\n".join([*(_asset(name) for name in STYLES), stylesheet()])


@cache
def plotly() -> str:
    """The plotting library, as text that no HTML parser takes for markup."""
    return str(get_plotlyjs()).replace("\r\n", "\n").replace("</script", "<\\/script").strip()


@cache
def template(name: str) -> Template:
    """A template that escapes every value and shows no unprintable character."""
    environment = Environment(
        loader=PackageLoader("qualify.rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _asset(name: str) -> str:
    return (_HOME / name).read_text("utf-8").strip()


def _clean(value: object) -> object:
    """Make every string that a template shows printable, except markup that is our own."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return printable(str(value)) if plain else value
