"""All that pages, feeds and files are drawn from, gathered by whoever may read the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qualify.core.candidate import Build
from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.grid import Column
from qualify.core.overview import Overview


@dataclass(frozen=True)
class Neighbour:
    """Another target of the same work folder or history, and the address of its page, if any."""

    overview: Overview
    page: str = ""


@dataclass(frozen=True)
class Atlas:
    """The overview of a target, and details of those builds that are shown with details.

    `columns` are the newest first and may be fewer than the overview's builds; `builds` holds every
    build's record (environments, provenance) by its identifier; `changes` and `bad` are by row.
    `others` are known beside the target, by their names.
    """

    overview: Overview
    columns: tuple[Column, ...] = ()
    builds: Mapping[str, Build] = field(default_factory=dict)
    changes: Mapping[str, tuple[ChangePoint, ...]] = field(default_factory=dict)
    bad: Mapping[str, FirstBad] = field(default_factory=dict)
    others: tuple[Neighbour, ...] = ()
