"""The row of suspects of an environment: one dependency after the other, from old to new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from qualify.building.installed import site_of
from qualify.core.candidate import Environment
from qualify.core.errors import CandidateError
from qualify.verbs.bisecting.suspects import Row, Suspect

Lock = tuple[str, ...]


def row_of_dependencies(spec: str, good: Environment, bad: Environment) -> Row:
    """The environments between two: in the k-th, the first k dependencies that differ are new.

    A dependency moves before those that need it, so that few steps cannot be resolved. Raises
    CandidateError where the two hold the same versions.
    """
    old, new = versions(good.lock), versions(bad.lock)
    changed = [name for name in needs_first(bad, {*old, *new}) if old.get(name) != new.get(name)]
    if not changed:
        raise CandidateError(
            f"both environments of {spec} hold the same dependencies",
            "name another pair with --good and --bad: `locked`, `free` or a file of constraints",
        )
    row = [Suspect("the good environment", spec, "", good.lock)]
    for moved, name in enumerate(changed, start=1):
        about = f"{old.get(name, 'absent')} → {new.get(name, 'absent')}"
        row.append(Suspect(name, spec, about, _between(old, new, changed[:moved])))
    return Row("dependency", tuple(row))


def versions(lock: Sequence[str]) -> dict[str, str]:
    """The version of each name of a lock's `name==version` lines."""
    return {canonicalize_name(n): v for n, _, v in (line.partition("==") for line in lock)}


def _between(old: Mapping[str, str], new: Mapping[str, str], moved: Sequence[str]) -> Lock:
    """The old lock, but for the moved names; one that is new is free until it has moved."""
    held = {name: version for name, version in old.items() if name not in moved}
    held |= {name: new[name] for name in moved if name in new}
    return tuple(f"{name}=={version}" for name, version in sorted(held.items()))


def needs_first(environment: Environment, names: set[str]) -> list[str]:
    """The names in an order in which each comes after what it requires; by name where it can."""
    site = site_of(Path(environment.python).parent.parent)
    found: dict[str, Distribution] = {
        canonicalize_name(d.name): d for d in distributions(path=[str(site)])
    }
    graph = {name: _required(found[name]) & names for name in names & found.keys()}
    sorter = TopologicalSorter({name: graph.get(name, set()) for name in sorted(names)})
    try:
        sorter.prepare()
    except CycleError:
        return sorted(names)
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def _required(distribution: Distribution) -> set[str]:
    """The names that a distribution requires without its extras."""
    required: set[str] = set()
    for line in distribution.requires or ():
        try:
            one = Requirement(line)
        except InvalidRequirement:
            continue
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            required.add(canonicalize_name(one.name))
    return required
