"""A status as one coloured glyph in a terminal."""

from __future__ import annotations

from rich.text import Text

from qualify.core.verdict import Status
from qualify.rendering.palette import LIGHT

_EMPTY = {Status.GATED, Status.NOT_SCHEDULED, Status.RUNNING}


def glyph(status: Status) -> Text:
    """The status's glyph in its colours, on the terminal's own ground where it has no fill."""
    shade = LIGHT[status]
    if status in _EMPTY:
        return Text(f" {status.glyph} ", style="dim")
    return Text(f" {status.glyph} ", style=f"bold {shade.ink} on {shade.fill}")
