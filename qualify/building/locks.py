"""What of the baseline's lock is held: all but what a candidate's dependencies make impossible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from qualify.building.wheelfile import requirements
from qualify.core.candidate import Wheel
from qualify.core.errors import ConfigError


def excluded(lock: Sequence[str], wheel: Wheel, extras: Sequence[str]) -> list[str]:
    """The lines that the wheel's own metadata exclude: to hold them makes it impossible."""
    wants = [Requirement(line) for line in requirements(Path(wheel.path), extras)]
    return sorted(line for line in lock if _excluded(Requirement(line), wants))


def in_the_way(log: str, held: Sequence[str]) -> list[str]:
    """The held lines that a resolver names where it finds no solution.

    A dependency of a dependency can clash with the lock as well, which only the resolver knows.
    """
    return [line for line in held if re.search(rf"(?<![\w.-]){re.escape(line)}(?![\w.]*\w)", log)]


def checked(line: str) -> str:
    """A requirement in its standard form; raises ConfigError."""
    try:
        return str(Requirement(line))
    except InvalidRequirement as error:
        raise ConfigError(f"{line!r} is no requirement: {error}", "write NAME>=VERSION") from error


def _excluded(held: Requirement, wants: Sequence[Requirement]) -> bool:
    """Whether one of the requirements cannot be met by what is held: `NAME==VERSION`."""
    versions = [spec.version for spec in held.specifier if spec.operator == "=="]
    mine = [w for w in wants if canonicalize_name(w.name) == canonicalize_name(held.name)]
    return any(
        not want.specifier.contains(version, prereleases=True)
        for want in mine
        for version in versions
    )
