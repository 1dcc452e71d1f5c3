"""The pytest plugin: plans cells when it is told to collect, fills them when given a build."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from qualify.core.matrix import Lane
from qualify.core.plan import STAGES, Cell
from qualify.core.verdict import Verdict
from qualify.running import items
from qualify.running.against import canary_loop
from qualify.running.filling import CellFiller, Loop, Workbench
from qualify.running.items import CellItem
from qualify.running.loops import CheckLoop
from qualify.running.trainer import die_with_parent
from qualify.stats.turns import turns


class Services(Protocol):
    """What the composition gives the plugin."""

    def dataset_names(self) -> Sequence[str]: ...  # noqa: D102

    def workbench(self, folder: Path) -> Workbench: ...  # noqa: D102

    def prepare(self, config: pytest.Config) -> Path | None: ...  # noqa: D102

    def write_cells(self, path: Path, cells: Sequence[Cell]) -> None: ...  # noqa: D102


def add_options(parser: pytest.Parser) -> None:
    """Declare the plugin's options."""
    group = parser.getgroup("qualify", "qualification of AutoML builds")
    group.addoption(
        "--qualify-build", type=Path, metavar="DIR", help="fill the cells of this build"
    )
    group.addoption("--qualify-collect", type=Path, metavar="FILE", help="write the cells as JSON")
    group.addoption("--qualify-lanes", default="", metavar="LANES", help="collect on these lanes")
    group.addoption("--qualify-parent", type=int, default=0, metavar="PID", help="die with it")
    group.addoption("--qualify-fresh", action="store_true", help="train what could be kept")


@dataclass
class CollectingPlugin:
    """Writes what was collected; nothing is run."""

    services: Services
    path: Path

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write every cell."""
        cells = [item.cell for item in session.items if isinstance(item, CellItem)]
        self.services.write_cells(self.path, _in_order(cells, lambda cell: cell))


@dataclass
class FillingPlugin:
    """Fills the cells of a build."""

    services: Services
    folder: Path
    bench: Workbench

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist which build it works on."""
        node.workerinput["qualify_build"] = str(self.folder)
        node.workerinput["qualify_parent"] = os.getpid()

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what the plan selects, the earliest stage first."""
        planned = {cell.id: cell for cell in self.bench.plan.chosen()}
        cells = [i for i in items if isinstance(i, CellItem)]
        for item in cells:
            if item.cell.id in planned:
                item.cell = planned[item.cell.id]
        chosen = [i for i in cells if i.cell.id in planned]
        rest = [i for i in items if i not in chosen]
        config.hook.pytest_deselected(items=rest)
        items[:] = _in_order(chosen, lambda item: item.cell)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Make the filler over everything that was collected."""
        cells = [item for item in session.items if isinstance(item, CellItem)]
        loops = {item.cell.id: _loop(self.bench, item) for item in cells}
        filler = CellFiller(self.bench, loops)

        def fill(item: CellItem) -> Verdict:
            return filler.fill(item.cell)

        session.config.stash[items.FILL] = fill


def configure(config: pytest.Config, services: Services) -> None:
    """Find out what this session is for; an ordinary one is left alone."""
    collect: Path | None = config.getoption("--qualify-collect")
    if collect is not None:
        lanes = [Lane.parse(lane) for lane in config.getoption("--qualify-lanes").split(",")]
        _begin(config, services, lanes)
        config.pluginmanager.register(CollectingPlugin(services, collect), "qualify-collecting")
        return
    folder = _folder(config, services)
    if folder is None:
        return
    parent = _parent(config)
    if parent:
        die_with_parent(parent)
    bench = services.workbench(folder)
    bench = replace(bench, fresh=config.getoption("--qualify-fresh"))
    lanes = sorted({cell.lane for cell in bench.plan.cells if cell.lane})
    _begin(config, services, lanes)
    config.pluginmanager.register(FillingPlugin(services, folder, bench), "qualify-filling")


def _begin(config: pytest.Config, services: Services, lanes: Sequence[Lane]) -> None:
    config.stash[items.LANES] = lanes
    config.stash[items.DATASETS] = services.dataset_names()


def _parent(config: pytest.Config) -> int:
    """Give the process that this one must not outlive: xdist's controller, or `qualify run`."""
    if hasattr(config, "workerinput"):
        return int(config.workerinput["qualify_parent"])
    given: int = config.getoption("--qualify-parent")
    return given


def _folder(config: pytest.Config, services: Services) -> Path | None:
    """Give the build: told by the controller or an option, or prepared for `pytest suites/`."""
    if hasattr(config, "workerinput"):
        told = config.workerinput.get("qualify_build")
        return Path(told) if told else None
    given: Path | None = config.getoption("--qualify-build")
    if given is None and config.getoption("--qualify-fresh"):
        raise pytest.UsageError("--qualify-fresh wants --qualify-build; try qualify run --fresh")
    return given or services.prepare(config)


def _loop(bench: Workbench, item: CellItem) -> Callable[[], Loop]:
    def make() -> Loop:
        if item.function is not None:
            repeats = turns(bench.plan.levels.repeat)
            place = item.path.parent
            return CheckLoop(item.function, bench.datasets, repeats, place, bench.adapter)
        canary, lane = item.cell.canary, item.cell.lane
        if canary is None or lane is None:
            raise TypeError(f"{item.cell.id} is neither a check nor a canary on a lane")
        return canary_loop(bench, canary, lane)

    return make


def _in_order(things: list[Any], cell_of: Callable[[Any], Cell]) -> list[Any]:
    """Put early stages first and, within a stage, what is cheap: a broken build is red soon."""
    return sorted(
        things, key=lambda thing: (STAGES.index(cell_of(thing).stage), cell_of(thing).expected)
    )
