"""Calibrate the limits of the sequential tests: writes `qualify/stats/limits.csv`.

`python -m benchmarks.limits [--paths 10000000] [--seed 20260101] [--jobs 2]` simulates null paths
(and, for the passing side, paths at the design effect) and chooses every limit so that the 95%
upper confidence bound (Clopper & Pearson 1934) of its error rate keeps the level.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from qualify.core.canary import CAPS
from qualify.stats import limits
from qualify.stats.rank_sprt import evidence_paths
from qualify.stats.ranks import Evidence, null_places, shifted_places
from qualify.stats.signed_ranks import null_signed_paths
from qualify.stats.spread import spread_paths

TABLE = Path(limits.__file__).with_name("limits.csv")
CHUNK = 20_000
LONGEST = max(CAPS)
RARE = 0.045  # only the limits of rarer errors are kept of the null paths' maxima
PASSING_SHARE = 10  # the passing side's levels are a thousandfold coarser and need fewer paths


class Row(NamedTuple):
    """What one calibration is for, and the most extreme evidence of each path that it saw."""

    kind: limits.Kind
    m: int
    cap: int
    schedule: limits.Schedule
    delta: float
    extremes: NDArray[np.float32]
    paths: int


class Job(NamedTuple):
    """One simulation: the null paths of `m` baseline replicates, 0 for paired differences."""

    m: int
    paths: int
    seed: int


def calibrate(job: Job) -> list[dict[str, object]]:
    """Simulate one job and return the table's lines."""
    rng = np.random.default_rng([job.seed, job.m])
    if job.m == 0:
        return [_line(row) for row in _signed(rng, job.paths)]
    found = [_line(row) for row in _null(rng, job)]
    fewer = max(CHUNK, job.paths // PASSING_SHARE)
    return found + [_line(row) for delta in limits.EFFECTS for row in _at(rng, job.m, delta, fewer)]


def _signed(rng: np.random.Generator, paths: int) -> Iterator[Row]:
    chunks = [_extremes(null_signed_paths(rng, LONGEST, n)) for n in _chunks(paths)]
    for i, (cap, schedule) in enumerate(_ends()):
        tops = np.concatenate([chunk[i] for chunk in chunks])
        yield Row("signed", 0, cap, schedule, 0.0, tops, paths)


def _null(rng: np.random.Generator, job: Job) -> Iterator[Row]:
    """The rejecting side of location, at every effect, and of spread."""
    kept: dict[tuple[float, int], list[NDArray[np.float32]]] = {}
    floors: dict[tuple[float, int], float] = {}
    for n in _chunks(job.paths):
        places = null_places(rng, job.m, LONGEST, n)
        for delta in (0.0, *limits.EFFECTS):
            paths = evidence_paths(places, job.m, delta).worse if delta else None
            found = _extremes(spread_paths(places, job.m) if paths is None else paths)
            for i, tops in enumerate(found):
                floor = floors.setdefault((delta, i), float(np.quantile(tops, 1.0 - 2.0 * RARE)))
                kept.setdefault((delta, i), []).append(tops[tops >= floor])
    for (delta, i), tails in kept.items():
        cap, schedule = _ends()[i]
        kind: limits.Kind = "worse" if delta else "spread"
        yield Row(kind, job.m, cap, schedule, delta, np.concatenate(tails), job.paths)


def _at(rng: np.random.Generator, m: int, delta: float, paths: int) -> Iterator[Row]:
    """The passing side: candidates that are worse by the design effect."""
    chunks = [
        _extremes(-evidence_paths(shifted_places(rng, m, LONGEST, n, delta), m, delta).within)
        for n in _chunks(paths)
    ]
    for i, (cap, schedule) in enumerate(_ends()):
        tops = np.concatenate([chunk[i] for chunk in chunks])
        yield Row("within", m, cap, schedule, delta, tops, paths)


def _chunks(paths: int) -> Iterator[int]:
    yield from (min(CHUNK, paths - done) for done in range(0, paths, CHUNK))


def _ends() -> list[tuple[int, limits.Schedule]]:
    return [(cap, schedule) for cap in CAPS for schedule in ("each", "fours")]


def _extremes(paths: Evidence) -> list[NDArray[np.float32]]:
    """The largest evidence of every path, for each cap and schedule."""
    at = ([look - 1 for look in limits.looks(*end)] for end in _ends())
    return [paths[seen].max(axis=0) for seen in at]


def _line(row: Row) -> dict[str, object]:
    """One line: the limit of each level that the paths can show."""
    most = 1.0 if row.extremes.size == row.paths else RARE
    ordered = np.sort(row.extremes)[::-1]
    sign = -1.0 if row.kind == "within" else 1.0
    found: dict[str, object] = dict(zip(Row._fields[:5], row[:5], strict=True))
    for level in limits.LEVELS:
        rank = allowed(row.paths, level)
        if rank is not None and level <= most:
            found[f"{level:g}"] = f"{sign * outside(float(ordered[rank])):.6g}"
    return found


def outside(value: float) -> float:
    """Just beyond a value that many paths may share: ranks are discrete, and `>=` rejects."""
    return value + 2e-5 * max(1.0, abs(value))


def allowed(paths: int, level: float) -> int | None:
    """How many of `paths` may exceed a limit so that the error's upper 95% bound keeps `level`."""
    low, high = -1, int(level * paths) + 1
    while high - low > 1:
        middle = (low + high) // 2
        keeps = float(beta.ppf(0.95, middle + 1, paths - middle)) <= level
        low, high = (middle, high) if keeps else (low, middle)
    return low if low >= 10 else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description="Calibrate the limits of the sequential tests.")
    parser.add_argument("--paths", type=int, default=10_000_000, help="null paths of each m")
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    parser.add_argument("--out", type=Path, default=TABLE)
    asked = parser.parse_args(arguments)
    jobs = [Job(m, asked.paths, asked.seed) for m in (0, *limits.BASELINES)]
    lines: list[dict[str, object]] = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for job, found in zip(jobs, pool.map(partial(calibrate), jobs), strict=True):
            print(f"m = {job.m}: {len(found)} lines from {job.paths} paths", file=sys.stderr)
            lines += found
    levels = [f"{level:g}" for level in limits.LEVELS]
    with asked.out.open("w", newline="") as out:
        writer = csv.DictWriter(out, [*Row._fields[:5], *levels], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


if __name__ == "__main__":
    main()
