"""What the page's script is told of the grid: heads of builds and rows as columns of values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from itertools import pairwise

from qualify.core.atlas import Atlas
from qualify.core.changes import ChangePoint
from qualify.core.overview import CODES, BuildHead, Overview, RowHead
from qualify.core.verdict import Status
from qualify.rendering.packing import Quantised
from qualify.rendering.palette import ANSWER_GLYPH, MEANING, slug
from qualify.rendering.text import one_line, printable

WORST = (
    Status.FAILED,
    Status.REGRESSED,
    Status.TIMEOUT,
    Status.LOST,
    Status.INFRA,
    Status.INCONCLUSIVE,
    Status.RUNNING,
    Status.GATED,
    Status.FLAKY,
    Status.PASSED,
    Status.IMPROVED,
    Status.SKIPPED,
    Status.NOT_SCHEDULED,
)
"""Which status speaks for a group: the one that most needs a look."""
ANSWERS = {str(answer): glyph for answer, glyph in ANSWER_GLYPH.items()}
ANSWERS["running"] = Status.RUNNING.glyph
_HEAD = ("version", "time", "answer", "sentence", "commit", "source", "baseline")
_ROW = ("suite", "name", "lane", "owner", "about", "metric", "unit", "direction")
_SENTENCE = 400

Json = dict[str, object]


def words() -> Json:
    """Every status by its name, in the order of the codes: how it looks and what it means."""
    return {
        status.value: {
            "glyph": status.glyph,
            "style": slug(status),
            "meaning": MEANING[status],
            "rank": WORST.index(status),
            "green": status.green,
            "red": status.red,
        }
        for status in CODES
    }


def heads(atlas: Atlas, values: Quantised) -> Json:
    """Builds and rows, a list for each field."""
    overview = atlas.overview
    return {
        "target": printable(overview.target),
        "top": values.top,
        "answers": ANSWERS,
        "builds": _builds(overview.builds),
        "rows": {
            **_rows(overview.rows),
            "low": values.lows,
            "high": values.highs,
            "cost": [*costs(overview)],
            "changed": [_changed(overview, atlas.changes.get(row.id, ())) for row in overview.rows],
        },
    }


def costs(overview: Overview) -> Iterable[float]:
    """The CPU seconds that each row takes in a build that trains it."""
    count = len(overview.builds)
    for row in range(len(overview.rows)):
        spent = overview.seconds[row * count : (row + 1) * count]
        known = [one for one in spent if one > 0]
        yield round(math.fsum(known) / len(known), 2) if known else 0.0


def environments(builds: tuple[BuildHead, ...]) -> list[bool]:
    """Whether each build's dependencies differ from those of the build before it."""
    known = [build.environment for build in builds]
    changed = [bool(new and old) and new != old for new, old in pairwise(known)]
    return changed + [False] * bool(known)


def _builds(builds: tuple[BuildHead, ...]) -> dict[str, object]:
    every = [asdict(build) for build in builds]
    texts = {name: [one_line(one[name], _SENTENCE) for one in every] for name in _HEAD}
    return {
        "id": [printable(build.id) for build in builds],
        **texts,
        "trainings": [build.trainings for build in builds],
        "seconds": [round(build.seconds, 1) for build in builds],
        "differs": environments(builds),
    }


def _rows(rows: tuple[RowHead, ...]) -> dict[str, object]:
    every = [asdict(row) for row in rows]
    texts = {name: [one_line(one[name], _SENTENCE) for one in every] for name in _ROW}
    return {"id": [printable(row.id) for row in rows], **texts}


def _changed(overview: Overview, changes: Iterable[ChangePoint]) -> int:
    """The newest build that the row's metric changed with, as its place; -1 for none."""
    found = {change.build for change in changes}
    return next((at for at, build in enumerate(overview.builds) if build.id in found), -1)
