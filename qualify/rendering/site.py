"""The grid as a folder for a web server: the page, and beside it every section, unabridged.

`index.html` opens at once; a build's sections are fetched when one of them is asked for, so that
nothing limits how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from qualify.core.atlas import Atlas
from qualify.rendering import assets
from qualify.rendering.blocks import Block
from qualify.rendering.details import build_details, row_details, view_details, view_names
from qualify.rendering.packing import dumped
from qualify.rendering.page import shell
from qualify.rendering.text import printable

INDEX, PLOTLY, TARGETS = "index.html", "plotly.txt", "targets"


def render_site(atlas: Atlas, generated: str, folder: Path) -> Path:
    """Write the index, and a JSON file for each build, row and view; returns the index."""
    _write(folder / PLOTLY, assets.plotly())
    for file, make in _files(atlas):
        _write(folder / file, dumped(make()))
    return _write(folder / INDEX, shell(atlas, generated, beside=True))


def site_file(atlas: Atlas, name: str) -> Block | None:
    """What the file of that name holds, made when it is asked for; None if there is none."""
    return next((make() for file, make in _files(atlas) if file == name), None)


def build_file(build: str) -> str:
    """Where a build's sections are."""
    return f"builds/{_spelled(build)}.json"


def target_page(name: str) -> str:
    """Where the page of another target is."""
    return f"{TARGETS}/{_spelled(name)}/{INDEX}"


def view_file(name: str) -> str:
    """Where a view's section is."""
    return f"views/{_spelled(name)}.json"


def row_file(at: int) -> str:
    """Where a row's section is: under its place in the overview."""
    return f"rows/{at}.json"


def _files(atlas: Atlas) -> Iterator[tuple[str, Callable[[], Block]]]:
    """Every file beside the index, with what makes it."""
    for column in atlas.columns:
        yield build_file(column.build.id), partial(build_details, atlas, column)
    for at in range(len(atlas.overview.rows)):
        yield row_file(at), partial(row_details, atlas, at)
    for name in view_names(atlas.overview):
        yield view_file(name), partial(view_details, atlas, name)


def _spelled(name: str) -> str:
    """A name without any character that means something in a path."""
    return quote(printable(name), safe="").replace(".", "%2E").replace("~", "%7E")


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
