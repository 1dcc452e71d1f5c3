"""One fitted model, asked in the ways in which a service asks."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

ALONE = 25
THREADS = 8
TIMED, ROUNDS, TIMED_S = 50, 8, 4.0


def single_rows(bench: Any) -> float:
    """How far rows that are predicted one by one are from the batch."""
    alone = [bench.predict(columns=bench.tools.rows(bench.test, [i]))[0] for i in range(ALONE)]
    return bench.tools.distance(bench.predictions[:ALONE], alone)


def small_batches(bench: Any) -> float:
    """How far batches of seven rows are from the whole."""
    wanted = list(range(len(bench.predictions)))
    parts = [bench.tools.rows(bench.test, wanted[i : i + 7]) for i in range(0, len(wanted), 7)]
    return bench.tools.distance(
        bench.predictions, [p for c in parts for p in bench.predict(columns=c)]
    )


def odd_company(bench: Any) -> float:
    """How far rows are predicted from before, where the rows beside them are extreme."""
    few = bench.tools.rows(bench.test, list(range(ALONE)))
    beside = [{**c, "values": [*c["values"], *(_extreme(c, v) for v in c["values"])]} for c in few]
    return bench.tools.distance(bench.predictions[:ALONE], bench.predict(columns=beside)[:ALONE])


def other_order(bench: Any) -> float:
    """How far rows are predicted from before, where they come from the last to the first."""
    backwards = list(range(len(bench.predictions)))[::-1]
    given = bench.predict(columns=bench.tools.rows(bench.test, backwards))
    return bench.tools.distance(bench.predictions, given[::-1])


def once_more(bench: Any) -> float:
    """How far the same rows are predicted from before, after all that was asked in between."""
    return bench.tools.distance(bench.predictions, bench.predict())


def saved(bench: Any) -> float:
    """How far a model is from itself after it was saved and loaded."""
    folder = bench.folder / "saved"
    folder.mkdir()
    bench.adapter.save(bench.model, folder)
    return bench.tools.distance(bench.predictions, bench.predict(bench.adapter.load(folder)))


def threads(bench: Any) -> float:
    """How far predictions are from before, where several threads ask one model at once."""
    start, found = threading.Barrier(THREADS), []

    def ask() -> None:
        start.wait()
        try:
            found.append(bench.tools.distance(bench.predictions, bench.predict()))
        except Exception as error:  # noqa: BLE001  (it is raised in the thread that looks)
            found.append(error)

    asking = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    for error in (f for f in found if isinstance(f, Exception)):
        raise error
    return max(found)


def latency(bench: Any) -> dict[str, float]:
    """CPU milliseconds of single rows, the quickest of several rounds, and the least wall time.

    A busy machine slows any row for a while, and wall time most; waiting is in wall time alone.
    """
    tables = [bench.table(bench.tools.rows(bench.test, [i])) for i in range(TIMED)]
    cpus, walls, end = [math.inf] * TIMED, [math.inf] * TIMED, time.process_time() + TIMED_S
    for _ in range(ROUNDS):
        for i, table in enumerate(tables):
            cpu, wall = _timed(bench, table)
            cpus[i], walls[i] = min(cpus[i], cpu), min(walls[i], wall)
        if time.process_time() > end:
            break
    cpus.sort()
    last = TIMED - 1 - TIMED // 100
    return {"p50_ms": cpus[TIMED // 2], "p99_ms": cpus[last], "wall_ms": min(walls)}


def _timed(bench: Any, table: Any) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    bench.predict(columns=table)
    return 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)


def _extreme(column: Any, value: Any) -> Any:
    return value * 1000 if column["kind"] == "numeric" and value is not None else value
