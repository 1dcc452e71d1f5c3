"""Fits of one family on more and more rows of one table: CPU seconds and memory by rows."""

from __future__ import annotations

import random
import resource
import time
from pathlib import Path
from typing import Any

FITS = False
ROWS = (1_000, 2_000, 5_000, 10_000)
_REPEATS = 2
_COLUMNS = 8


def costs(bench: Any) -> list[dict[str, float]]:
    """Rows, CPU seconds of a fit, and the peak of the process's memory so far.

    The first fit is not counted: what is imported late belongs to none of the sizes.
    """
    columns, labels = _table(ROWS[-1])
    _fit(bench, columns, labels, ROWS[0])
    return [_cost(bench, columns, labels, rows) for rows in ROWS for _ in range(_REPEATS)]


def _cost(bench: Any, columns: Any, labels: list[float], rows: int) -> dict[str, float]:
    begin = _cpu_s()
    _fit(bench, columns, labels, rows)
    spent = _cpu_s() - begin
    return {"rows": rows, "seconds": spent, "peak_mb": _peak_mb(), "table_mb": _table_mb(rows)}


def _fit(bench: Any, columns: Any, labels: list[float], rows: int) -> None:
    kept = bench.tools.rows(columns, list(range(rows)))
    bench.fit(kept, labels[:rows], **bench.one_family)


def _table(rows: int) -> tuple[list[dict[str, Any]], list[float]]:
    rng = random.Random(20)  # noqa: S311  (no secret)
    values = [[rng.random() for _ in range(rows)] for _ in range(_COLUMNS)]
    columns = [{"name": f"x{i}", "kind": "numeric", "values": v} for i, v in enumerate(values)]
    mixed = zip(*values[:3], strict=True)
    return columns, [10 * a * b + 5 * c + rng.gauss(0, 1) for a, b, c in mixed]


def _table_mb(rows: int) -> float:
    return rows * _COLUMNS * 8 / 1e6


def _cpu_s() -> float:
    """CPU seconds of this process and of the children that it waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + spent.ru_utime + spent.ru_stime


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    line = next(row for row in status if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6
