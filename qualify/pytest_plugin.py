"""Pytest's entry point: plugs the composition into the plugin of the room `running`.

Every pytest session of an environment that has the harness loads this module, so the heavy
parts are imported only in sessions that are about cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from qualify.running.items import CanaryFile, CellItem


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the plugin's options."""
    from qualify.running.plugin import add_options

    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Set the session up for cells, where it is about cells."""
    config.addinivalue_line("markers", "canary: a cell that trains a canary")
    config.addinivalue_line("markers", "check: a cell that runs a check")
    from qualify.running.plugin import configure
    from qualify.services import PluginServices

    configure(config, PluginServices())


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CanaryFile | None:
    """Take files of canaries."""
    from qualify.running.items import collect_file

    return collect_file(file_path, parent)


def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str, obj: object
) -> Sequence[CellItem] | None:
    """Take functions that are declared as checks."""
    from qualify.running.items import collect_check

    return collect_check(collector, name, obj)
