"""The documents of the static JSON interface: what a script may rely on."""

from __future__ import annotations

from dataclasses import dataclass

from qualify.core.attempt import Outcome
from qualify.core.candidate import Environment, Provenance
from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.overview import BuildHead, RowHead
from qualify.core.verdict import Decision, Status, Verdict


@dataclass(frozen=True)
class Index:
    """What there is. `files` are relative to this one; `decision` is the newest build's."""

    version: int
    target: str
    generated: str
    builds: int
    rows: int
    newest: str | None
    decision: str | None
    files: dict[str, str]


@dataclass(frozen=True)
class ListedBuild:
    """A build; `url` is where its details are, null where none are kept."""

    head: BuildHead
    url: str | None


@dataclass(frozen=True)
class Builds:
    """All builds, the newest first."""

    builds: tuple[ListedBuild, ...]


@dataclass(frozen=True)
class ListedRow:
    """A cell over all builds: where its metric changed, and since when it is red."""

    head: RowHead
    changes: tuple[ChangePoint, ...]
    bad: FirstBad | None


@dataclass(frozen=True)
class Rows:
    """All rows, in the order of the grid."""

    rows: tuple[ListedRow, ...]


@dataclass(frozen=True)
class Matrix:
    """The grid in numbers: a list for each row, with an entry for each build, the newest first.

    `values` are means of the row's metric in its unit, `losses` on the judged scale (> 0: worse
    than the baseline), `seconds` those of CPUs.
    """

    target: str
    builds: tuple[str, ...]
    rows: tuple[str, ...]
    statuses: tuple[tuple[Status, ...], ...]
    values: tuple[tuple[float | None, ...], ...]
    losses: tuple[tuple[float | None, ...], ...]
    trainings: tuple[tuple[int, ...], ...]
    seconds: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Execution:
    """One training, whatever came of it."""

    arm: str
    seed: int
    number: int
    outcome: Outcome
    metrics: dict[str, float]
    predictions: str | None
    wall_s: float
    cpu_s: float
    peak_rss_mb: float
    message: str


@dataclass(frozen=True)
class CellOfBuild:
    """A cell of a build with its evidence."""

    id: str
    suite: str
    owner: str
    about: str
    practice: tuple[str, ...]
    verdict: Verdict
    attempts: tuple[Execution, ...]
    reproduce: str


@dataclass(frozen=True)
class BuildDetails:
    """All that is known of a build."""

    head: BuildHead
    decision: Decision
    provenance: Provenance
    environments: dict[str, Environment]
    cells: tuple[CellOfBuild, ...]
