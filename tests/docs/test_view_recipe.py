"""The recipe of a view, found and drawn as the page does it."""

from __future__ import annotations

import sys

import plotly.graph_objects as go
import pytest

import dashboards
from dashboards import view
from dashboards.style import TEMPLATE
from qualify.rendering.build_section import build_section
from tests.atlases import atlas
from tests.docs.examples import the

METADATA = "Metadata-Version: 2.1\nName: team-views\nVersion: 1.0\n"


@pytest.fixture(autouse=True)
def found_anew():
    """Views are looked for again before and after a test."""
    view._all.cache_clear()
    yield
    view._all.cache_clear()
    for name in ("dashboards.spending", "team_spending"):
        sys.modules.pop(name, None)


def drawn() -> list[dict[str, object]]:
    """The figures of the recipe's view in the section of the example grid's newest build."""
    whole = atlas()
    section = build_section(whole, whole.columns[0])
    plots = [block for block in section["blocks"] if block["kind"] == "plot"]
    return [block["figure"] for block in plots if block["label"].startswith("Trainings: ")]


def test_the_view_is_found_beside_the_others(tmp_path, monkeypatch) -> None:
    """The recipe's file needs no list to be named in: its figure is in the build's panel."""
    assert drawn() == []
    view._all.cache_clear()
    (tmp_path / "spending.py").write_text(the("view"))
    monkeypatch.setattr(dashboards, "__path__", [*dashboards.__path__, str(tmp_path)])
    (figure,) = drawn()
    trained = [s for s in atlas().columns[0].squares.values() if s.verdict.trainings]
    assert len(figure["data"][0]["y"]) == len(trained)
    go.Figure({**figure, "layout": {**figure["layout"], "template": TEMPLATE}})


def test_an_installed_package_adds_the_view(tmp_path, monkeypatch) -> None:
    """An entry point of the group names the recipe's module, wherever it is installed."""
    (tmp_path / "team_spending.py").write_text(the("view"))
    info = tmp_path / "team_views-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(f"[{view.GROUP}]\nspending = team_spending\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert len(drawn()) == 1
