"""The axes of the grid: lanes, and the readable identifiers by which cells are selected."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qualify.core.errors import ConfigError

Runner = Literal["cpu", "gpu"]
Mode = Literal["locked", "free", "minimum"]
RUNNERS: tuple[Runner, ...] = ("cpu", "gpu")
MODES: tuple[Mode, ...] = ("locked", "free", "minimum")

_LANE = re.compile(
    r"py(?P<major>\d)(?P<minor>\d+)-(?P<runner>cpu|gpu)-(?P<mode>locked|free|minimum)"
)


@dataclass(frozen=True, order=True)
class Lane:
    """A python version x a class of machine x a dependency mode."""

    python: str
    runner: Runner = "cpu"
    mode: Mode = "locked"

    def __str__(self) -> str:
        return f"py{self.python.replace('.', '')}-{self.runner}-{self.mode}"

    @property
    def reference(self) -> Lane:
        """The lane whose baseline this lane is judged by: the same machine, dependencies locked.

        A `free` lane shows what a user gets who installs today, and a `minimum` lane who has the
        oldest dependencies that the metadata allow: both are held to what the baseline promised,
        not to the baseline with those dependencies.
        """
        return Lane(self.python, self.runner, "locked")

    @classmethod
    def parse(cls, text: str) -> Lane:
        """Read `py311-cpu-locked`; raises ConfigError."""
        match = _LANE.fullmatch(text)
        if match is None:
            raise ConfigError(
                f"{text!r} is not a lane", "write pyXY-RUNNER-MODE, such as py311-cpu-locked"
            )
        python = f"{match['major']}.{match['minor']}"
        runner: Runner = "gpu" if match["runner"] == "gpu" else "cpu"
        mode: Mode = next(mode for mode in MODES if mode == match["mode"])
        return cls(python, runner, mode)


def cell_id(suite: str, name: str, lane: Lane | None) -> str:
    """`quality/breast_cancer@py311-cpu-locked`; the build itself has no lane."""
    return f"{suite}/{name}" if lane is None else f"{suite}/{name}@{lane}"


def matches(identifier: str, patterns: Iterable[str]) -> bool:
    """Whether a cell is selected: any of the shell globs fits, and none that begins with `!`."""
    chosen = list(patterns)
    wanted = [p for p in chosen if not p.startswith("!")] or ["*"]
    unwanted = [p[1:] for p in chosen if p.startswith("!")]
    return any(fnmatch.fnmatchcase(identifier, p) for p in wanted) and not any(
        fnmatch.fnmatchcase(identifier, p) for p in unwanted
    )
