"""A build on a lane as a unit of comparison: what is recorded of it, and its trainings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualify.core.grid import Column
from qualify.core.matrix import Lane
from qualify.judging.recorded import provenance
from qualify.judging.trained import Trained, trained

_TOLD = ("version", "commit", "wheel", "harness", "CPU", "platform")
"""What of a build's provenance may have made it differ; the rest says when and where from."""


@dataclass(frozen=True)
class Unit:
    """A build on a lane: the level of each factor, and its trainings by what they share."""

    build: str
    lane: str
    levels: Mapping[str, str]
    trainings: Mapping[str, Trained]

    @property
    def name(self) -> str:
        """The build and the lane."""
        return f"{self.build} on {self.lane}"


def units(column: Column, beside: Mapping[str, str]) -> tuple[Unit, ...]:
    """A build's units, one a lane on which canaries were trained; `beside` are further factors."""
    found: dict[Lane, dict[str, Trained]] = defaultdict(dict)
    for one in trained(column):
        if one.cell.lane is not None:
            found[one.cell.lane].setdefault(one.key, one)
    return tuple(
        Unit(column.build.id, str(lane), _levels(column, lane, beside), trainings)
        for lane, trainings in found.items()
    )


def comparable(among: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units of which every two share a training, the first ones first."""
    kept: list[Unit] = []
    for unit in among:
        if all(unit.trainings.keys() & other.trainings.keys() for other in kept):
            kept.append(unit)
    return tuple(kept)


def _levels(column: Column, lane: Lane, beside: Mapping[str, str]) -> dict[str, str]:
    """Everything recorded of a unit that may have made it differ."""
    build = column.build
    environment = build.environments.get(str(lane))
    told = provenance(column)
    levels = {name: told[name] for name in _TOLD} | {"lane": str(lane), **beside}
    if environment is not None:
        levels |= {"python": environment.python_version, "installer": environment.installer}
        lines = (line.partition("==") for line in (*environment.lock, *environment.seeds))
        levels |= {name.strip(): version for name, _, version in lines}
    return {name: level for name, level in levels.items() if level}
