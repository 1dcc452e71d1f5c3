"""The generated history: recorded statistics, and databases that answer alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks._histories import CELLS, Generator, Recorded, recorded
from benchmarks._sqlite import SqliteEngine
from benchmarks.history import _loaded
from qualify.storing.history.choosing import Limits
from qualify.storing.history.duck import DuckEngine
from qualify.storing.history.history import History
from qualify.storing.history.names import Renames
from qualify.storing.history.reading import read


@pytest.fixture(scope="module")
def releases(tmp_path_factory) -> Recorded:
    return recorded(tmp_path_factory.mktemp("recorded"))


def test_statuses_are_drawn_from_recorded_ones(releases):
    """Every generated square is what some release's was."""
    generator = Generator(releases, 1)
    table = generator.table()
    assert len(table) == table["cell"].nunique() == CELLS
    assert set(table["status"]) <= set(releases.results["status"])


def test_databases_answer_alike(releases, tmp_path: Path):
    """DuckDB and SQLite lay out the same builds from the same results."""
    said = []
    for engine in (DuckEngine(tmp_path / "d"), SqliteEngine(tmp_path / "s")):
        _loaded(engine, Generator(releases, 2), 500)
        found = engine.run(lambda session: read(session, "flaml", Limits(5), Renames({})))
        said.append(repr(found.overview))
    assert said[0] == said[1]


def test_generated_bundles_are_ingested(releases, tmp_path: Path):
    """What is written for ingestion is what the index reads."""
    assert sum(1 for _ in Generator(releases, 3).bundle_files(tmp_path, 3)) == 3
    overview = History.open(tmp_path, cache=tmp_path / "c").overview("flaml")
    assert (len(overview.builds), len(overview.rows)) == (3, CELLS)
