"""What the pytest plugin is given: the composition, as the plugin's room wants it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from qualify import wiring
from qualify.config import load
from qualify.core.errors import QualifyError
from qualify.core.plan import Cell
from qualify.datasets.splits import BundledDatasets
from qualify.running.filling import Workbench
from qualify.storing.builds import BuildFolder
from qualify.storing.files import write_value


class PluginServices:
    """Implements `running.plugin.Services`."""

    def dataset_names(self) -> Sequence[str]:
        """Every dataset there is."""
        return BundledDatasets().names()

    def workbench(self, folder: Path) -> Workbench:
        """Open a build's folder."""
        return wiring.workbench(BuildFolder(folder))

    def write_cells(self, path: Path, cells: Sequence[Cell]) -> None:
        """Leave the collected cells for the verb `plan`."""
        write_value(path, wiring.CELLS, tuple(cells))

    def prepare(self, config: pytest.Config) -> Path | None:
        """Plan and build for a plain `pytest suites/`; None for a session about other tests."""
        try:
            context = wiring.Context(*load(None, {}), print)
            suites = context.suites
        except QualifyError:
            return None
        paths = [Path(arg.split("::")[0]).resolve() for arg in config.args]
        if not any(path.is_relative_to(folder) for path in paths for folder in suites):
            return None
        subprocess.run([sys.executable, "-m", "qualify", "build"], cwd=context.root, check=True)
        return context.shelf.get((context.work / "current").read_text()).path
