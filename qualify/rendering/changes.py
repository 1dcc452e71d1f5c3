"""What changed between two builds, as far as a cell can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qualify.core.candidate import Build, Environment
from qualify.core.matrix import Lane

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was; `before` or `after` is empty where there was none."""

    kind: Kind
    name: str
    before: str
    after: str


def build_changes(now: Build, then: Build, lane: Lane | None) -> tuple[Change, ...]:
    """Every difference of source and environment; without a lane, of the source alone."""
    source = _differences(_origin(then), _origin(now))
    here, there = (b.environments.get(str(lane)) for b in (now, then))
    return (*source, *environment_changes(here, there)) if here and there else source


def environment_changes(now: Environment, then: Environment) -> tuple[Change, ...]:
    """Python, installer and seed packages first, then the dependencies, each by name."""
    return (
        *_differences(_tools(then), _tools(now)),
        *_differences(pins(then.lock), pins(now.lock)),
    )


def pins(lines: tuple[str, ...]) -> dict[str, str]:
    """Read `name==version` lines; a line without a version keeps its whole text as the name."""
    return {name.strip(): version for name, _, version in (line.partition("==") for line in lines)}


def _origin(build: Build) -> dict[str, str]:
    made = build.provenance
    known = {"version": build.version, "source": made.source, "commit": made.commit}
    machine = {"platform": made.platform, "CPU": made.cpu, "harness": made.harness}
    return {name: value for name, value in {**known, **machine}.items() if value}


def _tools(environment: Environment) -> dict[str, str]:
    seeds = {f"{name} (seed)": version for name, version in pins(environment.seeds).items()}
    return {"python": environment.python_version, "installer": environment.installer, **seeds}


def _differences(then: dict[str, str], now: dict[str, str]) -> tuple[Change, ...]:
    names = sorted({n for n in (*then, *now) if then.get(n) != now.get(n)}, key=str.casefold)
    return tuple(_change(name, then.get(name), now.get(name)) for name in names)


def _change(name: str, before: str | None, after: str | None) -> Change:
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    return Change(kind, name, before or "", after or "")
