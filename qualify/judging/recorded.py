"""What is recorded of builds, a line for each thing, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from qualify.core.canary import Canary
from qualify.core.candidate import Build
from qualify.core.grid import Column, Square


@dataclass(frozen=True)
class Line:
    """One thing, and what it is in each build; "" where a build has none."""

    group: str
    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the builds do not all have the same."""
        return len(set(self.values)) > 1


def lines(group: str, tables: Sequence[Mapping[str, str]]) -> tuple[Line, ...]:
    """A line for each name that any build has."""
    names = dict.fromkeys(name for table in tables for name in table)
    return tuple(Line(group, n, tuple(table.get(n, "") for table in tables)) for n in names)


def provenance(column: Column) -> dict[str, str]:
    """Where a build comes from, and where it was trained."""
    made = column.build.provenance
    return {
        "version": column.build.version,
        "source": made.source,
        "kind": made.kind,
        "commit": made.commit or "",
        "wheel": made.sha256 or "",
        "judged against": column.baseline,
        "harness": made.harness,
        "harness's python": made.python,
        "CPU": made.cpu,
        "platform": made.platform,
        "time": made.time,
    }


def environments(builds: Sequence[Build]) -> tuple[Line, ...]:
    """Python, installer and every dependency of each lane."""
    lanes = dict.fromkeys(lane for build in builds for lane in build.environments)
    found = [lines(lane, [_environment(build, lane) for build in builds]) for lane in lanes]
    return tuple(chain.from_iterable(found))


def _environment(build: Build, lane: str) -> dict[str, str]:
    made = build.environments.get(lane)
    if made is None:
        return {}
    pins = (line.partition("==") for line in sorted((*made.lock, *made.seeds), key=str.casefold))
    tools = {"python": made.python_version, "installer": made.installer}
    return tools | {name.strip(): version for name, _, version in pins}


def parameters(columns: Sequence[Column]) -> tuple[Line, ...]:
    """How each canary trains and what it is judged by."""
    cells = dict.fromkeys(cell for column in columns for cell in column.squares)
    found: list[Line] = []
    for cell in cells:
        canaries = [_canary(column.squares.get(cell)) for column in columns]
        if any(canaries):
            found += lines(cell, [_settings(one) if one else {} for one in canaries])
    return tuple(found)


def _canary(square: Square | None) -> Canary | None:
    return square.cell.canary if square else None


def _settings(canary: Canary) -> dict[str, str]:
    budget = canary.budget
    amounts = {"iterations": budget.iterations, "seconds": budget.seconds}
    given = {f"budget in {name}": f"{n:g}" for name, n in amounts.items() if n is not None}
    margins = {f"margin of {one.name}": f"{one.margin:g}" for one in canary.metrics}
    options = {f"option {name}": str(value) for name, value in canary.options.items()}
    return {
        "dataset": canary.dataset,
        **(given or {"share of the preset": f"{budget.share:g}"}),
        **margins,
        "cap": str(canary.cap),
        "threads": str(canary.limits.threads),
        **options,
    }
