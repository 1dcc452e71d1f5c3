"""The environment's distributions agree with one another, as `pip check` has it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from qualify.suite import Lab, check


@check(owner="release", lanes=("*",), practice=("Monitor 1",))
def test_dependencies_agree(lab: Lab) -> None:
    """Every installed distribution finds what it requires, in a version that it allows."""
    python = lab.environment.python_version
    wrong = conflicts(distributions(path=[str(site_packages(lab.environment.python))]), python)
    assert not wrong, f"{len(wrong)} conflicts: {'; '.join(wrong[:5])}"


def site_packages(python: str) -> Path:
    """Where the environment of an interpreter keeps its distributions."""
    (found,) = Path(python).parent.parent.glob("lib/python3*/site-packages")
    return found


def conflicts(installed: Iterable[Distribution], python: str) -> list[str]:
    """What distributions require of one another and do not get, on a version of Python."""
    there = {canonicalize_name(d.metadata["Name"]): d for d in installed}
    found = []
    for distribution in there.values():
        name = f"{distribution.metadata['Name']} {distribution.version}"
        found += [f"{name} {fault}" for fault in unmet(distribution, there, python)]
    return sorted(found)


def unmet(distribution: Distribution, there: dict[str, Distribution], python: str) -> list[str]:
    """The requirements of a distribution that what is there does not meet."""
    found = []
    for line in distribution.requires or []:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            found.append(f"has a requirement that is none: {line}")
            continue
        other = there.get(canonicalize_name(wanted.name))
        if not applies(wanted, python):
            continue
        if other is None:
            found.append(f"requires {wanted.name}, which is not installed")
        elif not wanted.specifier.contains(other.version, prereleases=True):
            found.append(f"requires {wanted.name}{wanted.specifier}, and {other.version} is there")
    return found


def applies(wanted: Requirement, python: str) -> bool:
    """Whether a requirement counts on this machine and python, without any extra."""
    short = ".".join(python.split(".")[:2])
    here = {**default_environment(), "python_version": short, "python_full_version": python}
    return wanted.marker is None or wanted.marker.evaluate({**here, "extra": ""})
