"""What changed between two builds, as far as a cell can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qualify.core.candidate import Build, Environment
from qualify.core.matrix import Lane

Kind = Literal["added", "removed", "changed"]
Part = Literal["dependency", "python", "source", "machine", "harness"]
PARTS: dict[Part, str] = {
    "dependency": "dependency",
    "python": "Python and tools",
    "source": "source",
    "machine": "machine",
    "harness": "harness",
}
"""Where a thing belongs, with its name in words."""


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was; `before` or `after` is empty where there was none.

    `lanes` are those whose environments changed so, where that is not all of them.
    """

    kind: Kind
    name: str
    before: str
    after: str
    part: Part = "dependency"
    lanes: tuple[str, ...] = ()


def build_changes(now: Build, then: Build, lane: Lane | None) -> tuple[Change, ...]:
    """Every difference that a cell may feel: its lane's dependencies first, the source last.

    Without a lane, the source and the machine alone.
    """
    here, there = (b.environments.get(str(lane)) for b in (now, then))
    return (*(environment_changes(here, there) if here and there else ()), *origin(now, then))


def release_changes(now: Build, then: Build) -> tuple[Change, ...]:
    """Every difference of two builds: the source first, then what any lane's environment shows."""
    common = [lane for lane in now.environments if lane in then.environments]
    where: dict[Change, list[str]] = defaultdict(list)
    for lane in common:
        for change in environment_changes(now.environments[lane], then.environments[lane]):
            where[change].append(lane)
    return (*origin(now, then), *(_on(change, lanes, common) for change, lanes in where.items()))


def environment_changes(now: Environment, then: Environment) -> tuple[Change, ...]:
    """The dependencies, each by name, then Python, installer and seed packages."""
    return (
        *_differences(pins(then.lock), pins(now.lock), "dependency"),
        *_differences(_tools(then), _tools(now), "python"),
    )


def origin(now: Build, then: Build) -> tuple[Change, ...]:
    """The differences of source, machine and harness."""
    here, there = now.provenance, then.provenance
    source = [
        {"version": build.version, "source": made.source, "commit": made.commit}
        for build, made in ((then, there), (now, here))
    ]
    machine = [{"platform": made.platform, "CPU": made.cpu} for made in (there, here)]
    harness = [{"harness": made.harness} for made in (there, here)]
    return (
        *_differences(_known(source[0]), _known(source[1]), "source"),
        *_differences(_known(machine[0]), _known(machine[1]), "machine"),
        *_differences(_known(harness[0]), _known(harness[1]), "harness"),
    )


def pins(lines: tuple[str, ...]) -> dict[str, str]:
    """Read `name==version` lines; a line without a version keeps its whole text as the name."""
    return {name.strip(): version for name, _, version in (line.partition("==") for line in lines)}


def _known(of: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in of.items() if value}


def _tools(environment: Environment) -> dict[str, str]:
    seeds = {f"{name} (seed)": version for name, version in pins(environment.seeds).items()}
    return {"python": environment.python_version, "installer": environment.installer, **seeds}


def _differences(then: dict[str, str], now: dict[str, str], part: Part) -> tuple[Change, ...]:
    names = sorted({n for n in (*then, *now) if then.get(n) != now.get(n)}, key=str.casefold)
    return tuple(_change(name, then.get(name), now.get(name), part) for name in names)


def _change(name: str, before: str | None, after: str | None, part: Part) -> Change:
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    return Change(kind, name, before or "", after or "", part)


def _on(change: Change, lanes: list[str], common: list[str]) -> Change:
    """Name the lanes of a change that is not everywhere."""
    where = () if len(lanes) == len(common) else tuple(lanes)
    return Change(change.kind, change.name, change.before, change.after, change.part, where)
