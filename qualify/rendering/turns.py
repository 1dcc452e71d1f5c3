"""How a build's cells stand beside the builds before it: newly red, fixed, still red, flaky."""

from __future__ import annotations

from dataclasses import dataclass, field

from qualify.core.overview import CODES, BuildHead, Overview
from qualify.core.verdict import Status
from qualify.rendering.since import GOOD, build_of, earlier


@dataclass(frozen=True)
class Turns:
    """Cells by how they stand, each with the last earlier build that decided it, if any did."""

    new: dict[str, BuildHead | None] = field(default_factory=dict)
    still: dict[str, BuildHead | None] = field(default_factory=dict)
    fixed: dict[str, BuildHead | None] = field(default_factory=dict)
    flaky: dict[str, BuildHead | None] = field(default_factory=dict)


def turns(overview: Overview, build: str) -> Turns:
    """Compare every row with the last earlier build that passed it or was red in it.

    A cell that breaks what its baseline breaks as well is flaky: neither fixed nor newly red.
    """
    found, at = Turns(), build_of(overview, build)
    for row, head in enumerate(overview.rows if at is not None else ()):
        status = overview.point(row, at or 0).status
        decided = ((b, s) for b, s in earlier(overview, row, at or 0) if s.red or s in GOOD)
        before, was = next(decided, (None, None))
        if status.red and was and was.red:
            found.still[head.id] = before
        elif status.red:
            found.new[head.id] = before
        elif status in GOOD and was and was.red:
            found.fixed[head.id] = before
        if status is Status.FLAKY:
            found.flaky[head.id] = before
    return found


def share_red(overview: Overview, build: int) -> tuple[int, int]:
    """How many cells of a build are red, and how many were planned and not skipped."""
    left_out = (Status.NOT_SCHEDULED, Status.SKIPPED)
    statuses = (CODES[code] for code in overview.statuses[build :: len(overview.builds)])
    ran = [status for status in statuses if status not in left_out]
    return sum(status.red for status in ran), len(ran)


def last_shipped(overview: Overview, build: str) -> BuildHead | None:
    """The newest earlier build that might ship."""
    at = build_of(overview, build)
    older = overview.builds[at + 1 :] if at is not None else ()
    return next((one for one in older if one.answer == "ship"), None)
