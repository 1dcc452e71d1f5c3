"""Many processes that write one history."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb

from qualify.storing.history.checking import troubles
from qualify.storing.history.history import History

WRITERS, BUNDLES, CELLS = 16, 5, 125
REPOSITORY = Path(__file__).parents[3]

WRITE = """
import sys
from pathlib import Path
from qualify.core.verdict import Status
from qualify.storing.history.history import History
from tests.histories import judged, one, square

place, writer, bundles, cells = sys.argv[1], *map(int, sys.argv[2:])
history = History.open(Path(place) / "history", cache=Path(place) / f"cache{writer}")
squares = [square(f"c{number}") for number in range(cells)]
for number in range(bundles):
    column = one(f"B{writer:02}{number:02}", *squares, day=f"2025-{number + 1:02}-{writer + 1:02}")
    folder = judged(column, Path(place) / "work", f"{writer}-{number}")
    assert history.add(folder).new
    if number == bundles // 2:
        history.overview("flaml", builds=1)
"""


def test_nothing_is_lost_or_torn(tmp_path):
    """Sixteen processes add ten thousand results together, all of them reading meanwhile."""
    arguments = [str(BUNDLES), str(CELLS)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path), str(number), *arguments],
            cwd=REPOSITORY,
            env={"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        )
        for number in range(WRITERS)
    ]
    assert [writer.wait() for writer in writers] == [0] * WRITERS
    history = History.open(tmp_path / "history", cache=tmp_path / "cache")
    overview = history.overview("flaml", builds=None)
    assert len(overview.builds) == WRITERS * BUNDLES
    assert len(overview.rows) == CELLS
    count = history.ask(lambda s: s.query("SELECT count(*) AS n FROM results"))["n"].tolist()
    assert count == [WRITERS * BUNDLES * CELLS]
    assert set(overview.statuses) == {0}
    assert [trouble for trouble in troubles(history) if trouble.kind != "clock"] == []
    assert not list((tmp_path / "history").rglob("*.part"))


def test_a_bundle_is_what_any_tool_reads(tmp_path):
    """Its tables are Parquet in a zip, without this package."""
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path), "0", "1", "3"],
        cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert done.returncode == 0
    (path,) = (tmp_path / "history").rglob("*.zip")
    with zipfile.ZipFile(path) as archive:
        archive.extract("results.parquet", tmp_path)
    names = (
        duckdb.read_parquet(str(tmp_path / "results.parquet")).project("name").order("1").fetchall()
    )
    assert names == [("c0",), ("c1",), ("c2",)]


OTHER = """
import sys
from pathlib import Path
from qualify.storing.history.history import History
from qualify.storing.history.retention import Retention, thin
from qualify.verbs.publishing.remembered import remember

place, what = Path(sys.argv[1]), sys.argv[2]
told = []
history = History.open(place / "history", cache=place / f"cache-{what}", report=told.append)
while not (place / "over").exists():
    if what == "read":
        remember(history, "flaml", 5)
    elif what == "prune":
        thin(history, Retention(1, 0), "2026-01-01T00:00:00+00:00", really=True)
    else:
        (place / "history" / "index.duckdb").unlink(missing_ok=True)
        history.rebuild()
assert not told, told
"""


def test_nobody_fails_while_bundles_are_thinned_and_the_index_goes(tmp_path):
    """Two add while others read and prune, and one deletes and rebuilds the index all the time."""
    environment = {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}

    def started(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", program, str(tmp_path), *arguments]
        return subprocess.Popen(command, cwd=REPOSITORY, env=environment)

    others = [started(OTHER, what) for what in ("read", "prune", "rebuild")]
    writers = [started(WRITE, str(number), "6", "5") for number in range(2)]
    assert [writer.wait() for writer in writers] == [0] * 2
    (tmp_path / "over").touch()
    assert [other.wait() for other in others] == [0] * 3
    history = History.open(tmp_path / "history", cache=tmp_path / "cache")
    assert len(history.overview("flaml", builds=None).builds) == 12
    count = history.ask(lambda s: s.query("SELECT count(*) AS n FROM results"))["n"].tolist()
    assert count == [12 * 5]
    assert [trouble for trouble in troubles(history) if trouble.kind != "clock"] == []
