"""The overview in a terminal: as many of the newest builds as fit, quiet rows folded by suite.

A row is quiet where no shown build is red or undecided in it. Those of a suite stand in one line,
with the glyph of the least good among them: a missing result is never shown green.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from qualify.core.overview import CODES, BuildHead, Overview, RowHead, Standing
from qualify.core.verdict import Status
from qualify.rendering.glyphs import glyph
from qualify.rendering.palette import ANSWER_GLYPH, MEANING
from qualify.rendering.text import one_line

_STYLE: dict[Standing, str] = {
    "ship": "bold green",
    "hold": "bold red",
    "inconclusive": "bold yellow",
    "running": "bold blue",
}
_ORDER = (
    *(Status.FAILED, Status.TIMEOUT, Status.REGRESSED, Status.LOST, Status.INFRA),
    *(Status.INCONCLUSIVE, Status.RUNNING, Status.GATED, Status.NOT_SCHEDULED),
    *(Status.FLAKY, Status.PASSED, Status.IMPROVED, Status.SKIPPED),
)
"""The least good first: what stands for several cells in one glyph."""
_LOUD = set(_ORDER[:8])
_LEAST, _MOST = 3, 9  # letters of a build's column
_NAMES = 0.55  # of the width


@dataclass(frozen=True)
class _Line:
    """A name with a status in each shown build."""

    name: str
    statuses: tuple[Status, ...]


def worst(statuses: Iterable[Status]) -> Status:
    """The status that stands for several, the least good of them; NOT_SCHEDULED for none."""
    return min(statuses, key=_ORDER.index, default=Status.NOT_SCHEDULED)


def terminal_grid(
    overview: Overview, width: int = 80, *, everything: bool = False
) -> RenderableType:
    """Draw it; `everything` leaves no row folded."""
    column = _column(overview.builds)
    lines = _lines(overview, len(overview.builds), everything=everything)
    labels = [_folded(row.suite, len(overview.rows)) for row in overview.rows]
    longest = max((cell_len(name) for name in (*(line.name for line in lines), *labels)), default=0)
    names = min(longest, max(12, int(width * _NAMES)))
    count = max(1, min(len(overview.builds), (width - names - 1) // column))
    lines = _lines(overview, count, everything=everything)
    drawn = [_drawn(line, names, column) for line in lines]
    older = len(overview.builds) - count
    rest = [Text(f"{older} older builds are not shown", style="dim")] if older > 0 else []
    return Group(*_head(overview, names, column, count), *drawn, *rest, _legend(lines))


def _lines(overview: Overview, shown: int, *, everything: bool) -> list[_Line]:
    """The suites in their order: the rows of each that are not quiet, then the others as one."""
    count = len(overview.builds)
    statuses = [
        tuple(CODES[code] for code in overview.statuses[at * count : at * count + shown])
        for at in range(len(overview.rows))
    ]
    lanes = {row.lane for row in overview.rows if row.lane}
    found: list[_Line] = []
    for suite in dict.fromkeys(row.suite for row in overview.rows):
        mine = [(r, s) for r, s in zip(overview.rows, statuses, strict=True) if r.suite == suite]
        loud = [(r, s) for r, s in mine if everything or not _LOUD.isdisjoint(s)]
        quiet = [s for _, s in mine if not everything and _LOUD.isdisjoint(s)]
        found += [_Line(_name(row, one_lane=len(lanes) == 1), marks) for row, marks in loud]
        if quiet:
            words = _folded(suite, len(quiet), "others" if loud else "cells")
            found.append(_Line(words, tuple(map(worst, zip(*quiet, strict=True)))))
    return found


def _folded(suite: str, count: int, what: str = "others") -> str:
    return f"{one_line(suite)}: {count} {what if count > 1 else what[:-1]}"


def _name(row: RowHead, *, one_lane: bool) -> str:
    """The cell's name; its lane only where there are several."""
    return one_line(row.id.removesuffix(f"@{row.lane}") if one_lane and row.lane else row.id)


def _prefix(builds: Sequence[BuildHead]) -> str:
    """What all names of builds begin with, and none consists of: it need not be in each head."""
    names = [build.id for build in builds]
    shortest = min(names, key=len, default="")[:-1]
    shared = takewhile(lambda at: all(n[at] == shortest[at] for n in names), range(len(shortest)))
    return shortest[: len(list(shared))] if len(names) > 1 else ""


def _column(builds: Sequence[BuildHead]) -> int:
    prefix = _prefix(builds)
    longest = max((cell_len(one_line(b.id.removeprefix(prefix))) for b in builds), default=0)
    return min(max(longest + 1, _LEAST), _MOST)


def _head(overview: Overview, names: int, column: int, count: int) -> list[Text]:
    """Three lines: the builds' names without what they share, their days, their decisions."""
    builds = overview.builds[:count]
    prefix = _prefix(overview.builds)
    title = set_cell_size(one_line(f"{overview.target} · builds {prefix}…"), names)
    heads = [set_cell_size(one_line(b.id.removeprefix(prefix)), column - 1) for b in builds]
    first = Text.assemble((title, "bold"), *(f" {head}" for head in heads))
    answers = Text(" " * names)
    for build in builds:
        mark = "…" if build.answer == "running" else ANSWER_GLYPH[build.answer]
        answers.append(f" {mark}".ljust(column), style=_STYLE[build.answer])
    return [first, _days(builds, names, column), answers]


def _days(builds: Sequence[BuildHead], names: int, column: int) -> Text:
    """Month and day where a new day begins; the day alone where there is no room for both."""
    line, day = Text(" " * names, style="dim"), ""
    for at, build in enumerate(builds):
        date = build.time[:10]
        room = next((n for n, b in enumerate(builds[at:]) if b.time[:10] != date), len(builds) - at)
        words = "" if date == day else (date[5:] if room * column > 5 else date[8:])  # noqa: PLR2004
        line.append(f" {words}".ljust(column * room) if words else "")
        day = date
    return line


def _drawn(line: _Line, names: int, column: int) -> Text:
    name = line.name
    if cell_len(name) > names:
        name = f"{set_cell_size(name, names - 1)}…"
    text = Text(set_cell_size(name, names))
    for status in line.statuses:
        text.append_text(glyph(status))
        text.append(" " * (column - _LEAST))
    return text


def _legend(lines: Sequence[_Line]) -> Text:
    """The statuses that occur, in words."""
    used = {status for line in lines for status in line.statuses}
    text = Text()
    for status in (s for s in Status if s in used):
        text.append("\n")
        text.append_text(glyph(status))
        text.append(f" {status.value}: {MEANING[status]}", style="dim")
    return text
