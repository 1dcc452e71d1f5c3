"""The composition: which implementation stands behind which port."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

import qualify
from qualify import adapters, plugins
from qualify.building.environments import EnvironmentInstaller
from qualify.building.installed import contradiction
from qualify.building.sources import SourceFetcher
from qualify.building.wheels import WheelBuilder
from qualify.config import Config
from qualify.core.adapter import Adapter
from qualify.core.baseline import Baseline
from qualify.core.candidate import Build, Environment
from qualify.core.data import digest
from qualify.core.errors import InfrastructureError
from qualify.core.matrix import Lane
from qualify.core.plan import Cell, Plan
from qualify.core.verdict import Verdict
from qualify.datasets.splits import BundledDatasets
from qualify.running.filling import Workbench
from qualify.running.training import LocalTrainer
from qualify.storing.baselines import BaselineFolder
from qualify.storing.builds import BuildFolder, BuildShelf

if TYPE_CHECKING:
    from qualify.judging.evidence import Evidence
    from qualify.storing.history.history import History

CELLS: TypeAdapter[tuple[Cell, ...]] = TypeAdapter(tuple[Cell, ...])
# Rooms whose code a verdict depends on; a change of any judges every cell anew.
_JUDGING_ROOMS = ("core", "stats", "judging", "running", "datasets", "adapters")


class SystemClock:
    """The port `Clock`."""

    def now(self) -> str:
        """Return UTC, ISO 8601, in seconds."""
        return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Context:
    """What every verb needs. `root` is the folder that the configuration's paths start from."""

    config: Config
    root: Path
    report: Callable[[str], None]

    @cached_property
    def work(self) -> Path:
        """Where builds, environments and ledgers are kept."""
        return (self.root / self.config.paths.work).resolve()

    @cached_property
    def shelf(self) -> BuildShelf:
        """Every build of the work folder."""
        return BuildShelf(self.work / "builds")

    @cached_property
    def adapter(self) -> Adapter:
        """The target's adapter; raises ConfigError."""
        return adapters.describe(self.config.target.adapter, self.root, plugins.adapters())

    @cached_property
    def baselines(self) -> BaselineFolder:
        """The reviewed baselines."""
        return BaselineFolder(self.home / self.config.paths.baselines)

    @property
    def suites(self) -> tuple[Path, ...]:
        """The folders of suites, plugins' among them; raises ConfigError."""
        return tuple(plugins.suite_folder(one, self.root) for one in self.config.paths.folders)

    @property
    def home(self) -> Path:
        """Where the first suites that no plugin has lie: baselines do, and pytest runs there."""
        own = [one for one in self.config.paths.folders if not one.startswith(plugins.PLUGIN)]
        return (self.root / own[0]).resolve().parent if own else self.root.resolve()

    @property
    def clock(self) -> SystemClock:
        """The machine's clock."""
        return SystemClock()

    def history(self) -> History:
        """Open the history of builds; its database is imported when the first verb needs it."""
        from qualify.storing.history.history import History

        settings = self.config.history
        url = settings.url or str(self.work / "history")
        return History.open(
            url if "://" in url else str((self.root / url).resolve()),
            settings.index,
            cache=self.work / "cache" / "history",
            renames=settings.renames,
            report=self.report,
        )

    def fetcher(self) -> SourceFetcher:
        """Make the port `Fetcher`."""
        wheels = self.adapter.source == "wheel"
        return SourceFetcher(self.work / "sources", self.report, wheels=wheels)

    def builder(self) -> WheelBuilder:
        """Make the port `Builder`."""
        return WheelBuilder(self.work / "wheels", self.config.installer, report=self.report)

    def installer(self, *, inference: bool = False) -> EnvironmentInstaller:
        """Make the port `Installer`; for inference it installs what suffices to predict."""
        target = self.config.target
        requirements = target.requirements
        beside = self.adapter.requirements if requirements is None else requirements
        return EnvironmentInstaller(
            self.work / "environments",
            self.adapter.inference if inference else beside,
            () if inference else target.extras,
            self.config.installer,
            report=self.report,
        )


def verify(build: Build, environment: Environment) -> None:
    """Check that an environment holds the wheel that was built; raises InfrastructureError."""
    if build.wheel is None or environment.wheel_sha256 != build.wheel.sha256:
        raise InfrastructureError(f"{build.id}: the environment belongs to another wheel")
    wrong = contradiction(Path(environment.python).parent.parent, build.wheel)
    if wrong:
        remedy = "delete the environment and run again; something changed it after it was made"
        raise InfrastructureError(f"{build.id} on {environment.lane}: {wrong}", remedy)


def trainer(folder: Path, adapter: Path) -> LocalTrainer:
    """Make the port `Trainer`."""
    return LocalTrainer(folder, adapter, BundledDatasets(), verify)


def judge(evidence: Evidence) -> Verdict:
    """Judge a cell; scipy is imported when the first cell needs it."""
    from qualify.judging.cell import judge as judged

    return judged(evidence)


def workbench(folder: BuildFolder) -> Workbench:
    """Make all that filling a build's cells needs."""
    plan = folder.plan()

    @cache
    def stored(lane: Lane) -> dict[str, Baseline]:
        return references(plan, folder.baseline(), lane)

    return Workbench(
        plan=plan,
        candidate=folder.candidate(),
        baseline=folder.baseline(),
        ledger=folder.ledger,
        locks=folder.locks,
        trainer=trainer(folder.path, Path(plan.adapter)),
        judge=judge,
        datasets=BundledDatasets(),
        clock=SystemClock(),
        stored=stored,
        code=digest([plan.code, harness_digest()]),
        adapter=_described(Path(plan.adapter)),
        earlier=folder.releases(),
        workers=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")),
    )


def _described(path: Path) -> Adapter | None:
    """Describe the adapter; a build that is only judged or drawn may have come without it."""
    return adapters.describe(str(path)) if path.is_file() else None


def references(plan: Plan, baseline: Build | None, lane: Lane) -> dict[str, Baseline]:
    """The reviewed baselines of a lane: the last release's, and the anchor's where there is one."""
    folder = BaselineFolder(Path(plan.baselines))
    release = baseline.wheel.version if baseline and baseline.wheel else ""
    versions = {"baseline": release, "anchor": plan.anchor if plan.anchor != release else ""}
    read = {
        name: folder.read(plan.target, version_, lane)
        for name, version_ in versions.items()
        if version_
    }
    return {name: found for name, found in read.items() if found is not None}


def files_digest(files: Iterable[Path]) -> str:
    """Digest the contents of files."""
    found = sorted(files)
    return digest([(f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in found])


def harness_digest() -> str:
    """Digest the harness's code and the libraries that its verdicts depend on."""
    home = Path(qualify.__file__).parent
    code = files_digest(f for room in _JUDGING_ROOMS for f in (home / room).glob("*.py"))
    return digest([code, *(version(name) for name in ("numpy", "scipy", "scikit-learn"))])


def has_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU that answers."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    asked = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False)
    return asked.returncode == 0 and "GPU" in asked.stdout
