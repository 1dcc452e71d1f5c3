"""What a release of mostly untouched cells costs in all, replayed from real trainings.

Untouched cells are a release trained again with the same seeds; touched ones are another release
whose predictions differ, its losses moved to the same mean, so that nothing has regressed. Both
are first judged by bit-identical predictions, then by the rank test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.replays import Replay
from benchmarks.rules.noises import Array, resampled
from benchmarks.rules.ours import Engine
from benchmarks.rules.streams import CELLS, Counts, Marks, Setting, Streams
from qualify.stats.rank_sprt import PASSED, REGRESSED

UNTOUCHED = 0.85
IDENTICAL, OF = 2, 3
"""So many of the first so many predictions must be identical."""
_TOUCHED = 0.5  # releases that share fewer predictions than this have changed the path


@dataclass(frozen=True)
class Pool:
    """Two arms by seed: losses (seeds,) each, and where they predict the same."""

    baseline: Array
    candidate: Array
    same: Marks


@dataclass(frozen=True)
class Costs:
    """By release: trainings in all, and whether a cell regressed; identity rates by kind."""

    trainings: Counts
    red: Marks
    untouched_identity: float
    touched_identity: float
    passed_by_identity: float


def untouched(replays: Sequence[Replay]) -> list[Pool]:
    """Every release that was trained twice with the same seeds."""
    return [_pool(one, *pair) for one in replays for pair in one.reruns]


def touched(replays: Sequence[Replay]) -> list[Pool]:
    """Every pair of releases between which the search path changed."""
    return [
        _pool(one, *pair)
        for one in replays
        for pair in combinations(one.releases, 2)
        if one.identity(*pair) < _TOUCHED
    ]


def _pool(replay: Replay, one: str, other: str) -> Pool:
    """Seeds at which both arms trained; the candidate is moved to the baseline's mean."""
    baseline, candidate = replay.losses[one], replay.losses[other]
    both = np.isfinite(baseline) & np.isfinite(candidate)
    baseline, candidate, same = baseline[both], candidate[both], replay.same(one, other)[both]
    gap = 0.0 if same.all() else float(candidate.mean() - baseline.mean())
    moved = np.where(same, candidate, candidate - gap)
    return Pool(baseline, moved, same)


def replay_releases(
    rng: np.random.Generator, replays: Sequence[Replay], releases: int, m: int = 50, cap: int = 30
) -> Costs:
    """Draw releases of CELLS cells and judge them with the same seeds as their baselines."""
    kinds = untouched(replays), touched(replays)
    new = rng.random((releases, CELLS)) >= UNTOUCHED
    trainings = np.zeros((releases, CELLS), dtype=np.int64)
    red = np.zeros((releases, CELLS), dtype=np.bool_)
    identical = np.zeros((releases, CELLS), dtype=np.bool_)
    for pools, cells in zip(kinds, (~new, new), strict=True):
        which = rng.integers(len(pools), size=releases * CELLS).reshape(releases, CELLS)
        for number, pool in enumerate(pools):
            here = cells & (which == number)
            trainings[here], red[here], identical[here] = _judge(rng, pool, int(here.sum()), m, cap)
    rates = [float(np.mean([pool.same.mean() for pool in pools])) for pools in kinds]
    return Costs(
        trainings.sum(axis=1),
        np.asarray(red.any(axis=1)),
        rates[0],
        rates[1],
        float(identical[new].mean()),
    )


def _judge(
    rng: np.random.Generator, pool: Pool, cells: int, m: int, cap: int
) -> tuple[Counts, Marks, Marks]:
    """Trainings, whether regressed, and whether passed by identity, (cells,) each."""
    seeds = rng.random((cells, len(pool.same))).argsort(axis=1)
    same = pool.same[seeds[:, :OF]].cumsum(axis=1) >= IDENTICAL
    identical = same[:, -1]
    setting = Setting(resampled("real trainings", pool.baseline[None]), m, cap)
    streams = Streams(
        setting,
        pool.baseline[seeds[:, :m]],
        pool.candidate[seeds[:, :cap]],
        rng.random((cells, m)),
        rng.random((cells, cap)),
        np.zeros(cells),
    )
    found = Engine().judge(streams, rng)
    ranked = found.trainings + found.confirming
    by_rank_sooner = (found.status == PASSED) & (found.trainings <= same.argmax(axis=1))
    trainings = np.where(identical & ~by_rank_sooner, same.argmax(axis=1) + 1, ranked)
    return trainings, (found.status == REGRESSED) & ~identical, identical
