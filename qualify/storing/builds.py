"""The folder of a build: its plan, its ledger, and what is derived from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from filelock import FileLock
from pydantic import TypeAdapter

from qualify.core.candidate import Build
from qualify.core.errors import ConfigError, nearest
from qualify.core.plan import Plan
from qualify.core.verdict import Decision
from qualify.storing.files import read_value, write_text, write_value
from qualify.storing.ledger import JsonlLedger

T = TypeVar("T")
_BUILD: TypeAdapter[Build] = TypeAdapter(Build)
_BUILDS: TypeAdapter[tuple[Build, ...]] = TypeAdapter(tuple[Build, ...])
_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)


@dataclass(frozen=True)
class BuildFolder:
    """Everything that is known of one build, by file."""

    path: Path

    @property
    def id(self) -> str:
        """The build's name: `B0042`."""
        return self.path.name

    @property
    def ledger(self) -> JsonlLedger:
        """The truth."""
        return JsonlLedger(self.path / "ledger.jsonl")

    @property
    def locks(self) -> Path:
        """One lock file a cell, so that two processes never fill the same one."""
        return self.path / "locks"

    def plan(self) -> Plan:
        """What the latest run intended."""
        return self._required("plan.json", _PLAN)

    def candidate(self) -> Build:
        """The build under test."""
        return self._required("candidate.json", _BUILD)

    def earlier(self) -> Build | None:
        """The record that an earlier run left of the build under test, if any did."""
        return read_value(self.path / "candidate.json", _BUILD)

    def baseline(self) -> Build | None:
        """The reference build, where this run trains it, too."""
        return read_value(self.path / "baseline.json", _BUILD)

    def releases(self) -> tuple[Build, ...]:
        """The releases before the baseline that this run installed."""
        return read_value(self.path / "releases.json", _BUILDS) or ()

    def decision(self) -> Decision | None:
        """The decision, when it was made."""
        return read_value(self.path / "decision.json", _DECISION)

    def save_plan(self, plan: Plan) -> None:
        """Replace the plan, keeping what this run is not about: other lanes, ingested rows."""
        before = read_value(self.path / "plan.json", _PLAN)
        lanes, names = ({cell.lane for cell in plan.cells}, {cell.id for cell in plan.cells})
        others = [c for c in before.cells if c.ingested or c.lane not in lanes] if before else []
        kept = tuple(cell for cell in others if cell.id not in names)
        write_value(self.path / "plan.json", _PLAN, replace(plan, cells=plan.cells + kept))

    def save_candidate(self, build: Build) -> None:
        """Replace the record of the build under test."""
        write_value(self.path / "candidate.json", _BUILD, build)

    def save_baseline(self, build: Build) -> None:
        """Replace the record of the reference build."""
        write_value(self.path / "baseline.json", _BUILD, build)

    def save_releases(self, builds: tuple[Build, ...]) -> None:
        """Replace the records of the releases before the baseline."""
        write_value(self.path / "releases.json", _BUILDS, builds)

    def save_decision(self, decision: Decision) -> Path:
        """Replace the decision."""
        return write_value(self.path / "decision.json", _DECISION, decision)

    def _required(self, name: str, adapter: TypeAdapter[T]) -> T:
        value = read_value(self.path / name, adapter)
        if value is None:
            raise ConfigError(f"{self.path / name} is missing", "run `qualify build` first")
        return value


class BuildShelf:
    """All builds of a work folder, numbered as they came."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def all(self) -> list[BuildFolder]:
        """Every build, the newest first."""
        folders = [BuildFolder(path.parent) for path in self.root.glob("B*/identity")]
        numbered = [folder for folder in folders if folder.id[1:].isdecimal()]
        return sorted(numbered, key=lambda folder: int(folder.id[1:]), reverse=True)

    def take(self, identity: str) -> BuildFolder:
        """The folder of a build with this identity: the one there is, or the next number."""
        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / ".lock"):
            known = self.all()
            for folder in known:
                if (folder.path / "identity").read_text() == identity:
                    return folder
            number = int(known[0].id[1:]) + 1 if known else 1
            folder = BuildFolder(self.root / f"B{number:04d}")
            write_text(folder.path / "identity", identity)
            return folder

    def get(self, name: str) -> BuildFolder:
        """A build by its name; raises ConfigError."""
        known = {folder.id: folder for folder in self.all()}
        if name not in known:
            hint = nearest(name, known) if known else "run `qualify run` first; there is none yet"
            raise ConfigError(f"there is no build {name!r} in {self.root}", hint)
        return known[name]
