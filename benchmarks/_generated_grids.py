"""Generated grids of thousands of builds whose statistics are those of recorded releases.

Each generated row copies a recorded one: which statuses it has, how often one follows another, and
how its metric scatters from build to build. A few rows break at a build and stay broken, as rows
with runs of red do.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import tarfile
import tempfile
from array import array
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qualify.core.atlas import Atlas
from qualify.core.grid import Grid
from qualify.core.overview import CODES, BuildHead, Overview, RowHead
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from qualify.verbs.judge import whole

RECORDED = Path(__file__).parents[1] / "docs" / "releases" / "flaml" / "builds.tar.xz"
LANES = ("py310-cpu-locked", "py311-cpu-locked", "py311-cpu-free", "py312-cpu-locked")
STAY = 0.93
"""How likely a broken row stays red in the next build: a run of reds of about 14 builds."""
BROKEN = 0.03  # of the rows break, as four of the recorded 131 do in one release
PRIOR = 0.5  # of a change that was never seen, in builds
A_DAY = 4.3  # builds, as in the grid of a large project
NOISE = 0.02  # relative, of a metric that never moved in the recording


@dataclass(frozen=True)
class Traits:
    """What is recorded: rows, their statuses (rows × builds) and values, and what they cost."""

    rows: tuple[RowHead, ...]
    statuses: NDArray[np.uint8]
    values: NDArray[np.float64]
    seconds: NDArray[np.float64]


@cache
def recorded() -> Traits:
    """Read the committed releases of FLAML."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(RECORDED.read_bytes())) as packed:
            packed.extractall(folder, filter="data")
        folders = [BuildFolder(one) for one in sorted((Path(folder) / "builds").glob("B*"))]
        columns = [
            column(one, one.decision() or whole(one, verdicts(one.ledger.events())))
            for one in folders
        ]
    columns.sort(key=lambda one: one.time, reverse=True)
    seen = summed(Grid("flaml", tuple(columns)))
    shape = (len(seen.rows), len(seen.builds))
    return Traits(
        seen.rows,
        np.frombuffer(seen.statuses, dtype=np.uint8).reshape(shape),
        np.asarray(seen.values, dtype=np.float64).reshape(shape),
        np.asarray(seen.seconds, dtype=np.float64).reshape(shape),
    )


def generated(builds: int, rows: int, seed: int = 0) -> Atlas:
    """A history of that size, without details."""
    rng = np.random.default_rng(seed)
    traits = recorded()
    of = rng.integers(0, len(traits.rows), rows)
    statuses = np.stack([_statuses(traits.statuses[one], builds, rng) for one in of])
    values = np.stack([_values(traits.values[one], statuses[at], rng) for at, one in enumerate(of)])
    spent = traits.seconds[of].mean(axis=1, keepdims=True) * rng.lognormal(0, 0.1, statuses.shape)
    overview = Overview(
        "generated",
        tuple(_build(at, builds, statuses[:, at], rng) for at in range(builds)),
        tuple(_row(traits.rows[one], at) for at, one in enumerate(of)),
        statuses.tobytes(),
        array("f", values.astype(np.float32).tobytes()),
        array("f", np.full(statuses.size, np.nan, dtype=np.float32).tobytes()),
        array("L", [0]) * statuses.size,
        array("f", spent.astype(np.float32).tobytes()),
    )
    return Atlas(overview)


def _row(like: RowHead, at: int) -> RowHead:
    """A row of the recorded one's kind on one of several lanes."""
    lane = LANES[at % len(LANES)]
    name = f"{like.name}_{at // len(LANES)}"
    return replace(like, id=f"{like.suite}/{name}@{lane}", name=name, lane=lane)


def _statuses(seen: NDArray[np.uint8], builds: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A chain that leaves a status as often as the recorded row does, the newest build first."""
    known = np.unique(seen)
    steps = np.full((len(known), len(known)), PRIOR / len(known))
    place = {code: at for at, code in enumerate(known)}
    for old, new in zip(seen[1:], seen[:-1], strict=True):
        steps[place[old], place[new]] += 1
    if rng.random() < BROKEN:
        known = np.array([seen[0], CODES.index(Status.REGRESSED), CODES.index(Status.INCONCLUSIVE)])
        steps = np.array([[0.98, 0.01, 0.01], [1 - STAY, STAY, 0.0], [0.4, 0.1, 0.5]])
    chances = steps.cumsum(axis=1) / steps.sum(axis=1, keepdims=True)
    draws, made, now = rng.random(builds), np.empty(builds, dtype=np.uint8), 0
    for at in range(builds - 1, -1, -1):
        now = min(int(np.searchsorted(chances[now], draws[at])), len(known) - 1)
        made[at] = known[now]
    return made


def _values(
    seen: NDArray[np.float64], statuses: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.float64]:
    """The recorded level, its scatter, and a loss where the row has regressed."""
    if not np.isfinite(seen).any():
        return np.full(len(statuses), math.nan)
    level = float(np.nanmedian(seen))
    spread = float(np.nanstd(seen)) or NOISE * abs(level)
    red = statuses == CODES.index(Status.REGRESSED)
    scattered: NDArray[np.float64] = (
        level + spread * rng.standard_normal(len(statuses)) + 4 * spread * red
    )
    return scattered


def _build(
    at: int, builds: int, statuses: NDArray[np.uint8], rng: np.random.Generator
) -> BuildHead:
    number = builds - at
    time = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(days=number / A_DAY)
    red = [CODES[code].red for code in statuses]
    return BuildHead(
        id=f"B{number:04d}",
        version=f"2.{number // 100}.{number % 100}",
        time=time.isoformat(timespec="seconds"),
        answer="hold" if any(red) else "ship",
        sentence=f"{sum(red)} cells are red",
        commit=rng.bytes(20).hex(),
        source="a generated build",
        trainings=len(statuses),
        seconds=float(rng.lognormal(5, 0.3)),
        environment=f"{number // 25:012x}",
        harness="generated",
    )
