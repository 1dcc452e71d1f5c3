"""Figures of views as blocks of a section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dashboards.style import Json
from dashboards.view import Place, View, views
from qualify.core.atlas import Atlas
from qualify.rendering import blocks
from qualify.rendering.blocks import Block
from qualify.rendering.text import one_line


def drawn(place: Place, words: str, atlas: Atlas, *values: object) -> Iterator[Block]:
    """Every view of a place; one that fails says so in its stead, and costs no page."""
    for view in views(place):
        yield from _tried(view, words, atlas, *values)


def _tried(view: View, words: str, *values: object) -> Iterator[Block]:
    try:
        yield from figures(f"{view.title}: {words}", view.draw(*values))
    except Exception as error:  # noqa: BLE001 -- anything may go wrong in a team's own view
        yield blocks.text(view.title, f"This view failed: {one_line(repr(error), 300)}")


def figures(words: str, found: Iterable[Json]) -> Iterator[Block]:
    """Each figure as a block; `words` are read to those who cannot see it."""
    for at, figure in enumerate(found):
        yield blocks.plot(words, figure, beside=at > 0)
