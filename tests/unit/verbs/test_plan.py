from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.errors import ConfigError
from qualify.core.matrix import Lane
from qualify.verbs.cells import unavailable
from qualify.verbs.planning.plan import Selection, select
from tests.fakes import LANE, cell

GPU = Lane("3.11", "gpu", "locked")
BUILD, INSTALL, SMOKE = (
    cell("build", "build", None),
    cell("install", "install"),
    cell("smoke", "smoke"),
)
WINE, IRIS, FAR = cell("wine"), cell("iris"), cell("wine", lane=GPU)
CELLS = (BUILD, INSTALL, SMOKE, WINE, IRIS, FAR)


def chosen(**options: tuple[str, ...]) -> tuple[str, ...]:
    return select(CELLS, Selection(**options))


def test_nothing_asked_is_everything():
    """Without a selection a run fills every cell."""
    assert chosen() == tuple(c.id for c in CELLS)


def test_a_cell_brings_its_gates():
    """What must be green first is filled, too; other cells are not."""
    assert chosen(patterns=(WINE.id,)) == (BUILD.id, INSTALL.id, SMOKE.id, WINE.id)


def test_a_gate_brings_nothing_that_follows():
    """An early stage can be run alone."""
    assert chosen(patterns=("*install*",)) == (BUILD.id, INSTALL.id)


def test_lanes_are_selected():
    """A class of machine takes its lanes, and the build's own cell."""
    assert chosen(runners=("gpu",)) == (BUILD.id, FAR.id)
    assert chosen(pythons=("3.11",), patterns=("*iris*",))[-1] == IRIS.id


@pytest.mark.parametrize("options", [{"patterns": ("*win",)}, {"patterns": ("!*",)}])
def test_a_selection_of_nothing_is_a_mistake(options):
    """A run that would fill no cell is refused rather than green."""
    with pytest.raises(ConfigError, match="no cell fits"):
        chosen(**options)


def test_a_lane_that_cannot_run_here_says_why():
    """A missing python is named; the lane of this python runs."""
    assert "no python 3.99" in unavailable(replace(LANE, python="3.99"))


def test_a_lane_without_its_machine_says_why(monkeypatch):
    """A GPU lane needs a GPU that answers."""
    from qualify.config import CURRENT

    monkeypatch.setenv("PATH", "")
    assert unavailable(Lane(CURRENT)) == ""
    assert "no GPU" in unavailable(Lane(CURRENT, "gpu"))
