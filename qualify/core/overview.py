"""The grid in columns of numbers: small enough for thousands of builds, before anybody draws it.

A `Grid` holds all that is known of each square; an `Overview` only what the grid shows of it. Both
come from ledgers; neither is stored.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from qualify.core.verdict import Answer, Status

CODES: tuple[Status, ...] = tuple(Status)
"""A square's code is the place of its status in here."""
Standing = Answer | Literal["running"]


@dataclass(frozen=True)
class BuildHead:
    """A build as the head of its column shows it.

    `time` is UTC, ISO 8601; `identity` names the build wherever it is qualified and `bundle` is the
    digest of its bundle, "" while it is only in a work folder. `seconds` are CPU seconds of all
    trainings; `environment` digests all locks, so that equal ones mean equal dependencies.
    """

    id: str
    version: str
    time: str
    answer: Standing
    sentence: str = ""
    identity: str = ""
    commit: str = ""
    source: str = ""
    baseline: str = ""
    trainings: int = 0
    seconds: float = 0.0
    environment: str = ""
    harness: str = ""
    bundle: str = ""


@dataclass(frozen=True)
class RowHead:
    """A cell as the head of its row shows it; `metric` is the one whose history is drawn.

    `direction` says which values are better: "lower", "higher", or "" of a check without metrics.
    """

    id: str
    suite: str
    name: str
    lane: str = ""
    stage: str = "main"
    owner: str = ""
    about: str = ""
    metric: str = ""
    unit: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Point:
    """What the grid knows of one square, in numbers.

    `value` is the candidate's mean of the row's metric in its unit, `loss` the effect on the judged
    scale (> 0: worse than the baseline); both NaN where there is none. CPU `seconds`.
    """

    status: Status
    value: float = math.nan
    loss: float = math.nan
    trainings: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Overview:
    """Builds, newest first, by rows; each series holds rows × builds entries, row after row."""

    target: str
    builds: tuple[BuildHead, ...]
    rows: tuple[RowHead, ...]
    statuses: bytes
    values: array[float] = field(default_factory=lambda: array("f"))
    losses: array[float] = field(default_factory=lambda: array("f"))
    trainings: array[int] = field(default_factory=lambda: array("L"))
    seconds: array[float] = field(default_factory=lambda: array("f"))

    @cached_property
    def row_places(self) -> Mapping[str, int]:
        """The place of each row by its identifier."""
        return _places(row.id for row in self.rows)

    @cached_property
    def build_places(self) -> Mapping[str, int]:
        """The place of each build by its identifier."""
        return _places(build.id for build in self.builds)

    @cached_property
    def lanes(self) -> Mapping[str, int]:
        """How many rows have a name: each is the same on another lane."""
        return Counter(row.name for row in self.rows)

    def point(self, row: int, build: int) -> Point:
        """One square."""
        at = row * len(self.builds) + build
        return Point(
            CODES[self.statuses[at]],
            self.values[at],
            self.losses[at],
            self.trainings[at],
            self.seconds[at],
        )

    def history(self, row: int) -> Iterator[tuple[BuildHead, Point]]:
        """A row's squares with their builds, the newest first."""
        return ((build, self.point(row, at)) for at, build in enumerate(self.builds))


def _places(names: Iterable[str]) -> dict[str, int]:
    """The first place of every name."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        found.setdefault(name, at)
    return found


def overview(
    target: str,
    builds: Sequence[BuildHead],
    rows: Sequence[RowHead],
    points: Mapping[tuple[str, str], Point],
) -> Overview:
    """Lay out points, keyed by the identifiers of cell and build; the rest is not scheduled."""
    absent = Point(Status.NOT_SCHEDULED)
    laid = [points.get((row.id, build.id), absent) for row in rows for build in builds]
    return Overview(
        target,
        tuple(builds),
        tuple(rows),
        bytes(CODES.index(one.status) for one in laid),
        array("f", (one.value for one in laid)),
        array("f", (one.loss for one in laid)),
        array("L", (one.trainings for one in laid)),
        array("f", (one.seconds for one in laid)),
    )
