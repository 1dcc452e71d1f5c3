"""The sequential tests of one metric, from samples to a reading at the calibrated limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualify.core.verdict import Status
from qualify.judging.samples import Sample
from qualify.stats.limits import Key, Kind, largest, levels_of, limit
from qualify.stats.rank_sprt import PASSED, REGRESSED, Design, Paths, evidence_paths, readings
from qualify.stats.ranks import Evidence, Places, places
from qualify.stats.signed_ranks import signed_paths
from qualify.stats.spread import spread_paths


@dataclass(frozen=True)
class Tested:
    """What a sequential test says.

    `status` is RUNNING (undecided), PASSED, IMPROVED or REGRESSED, `at` the number of trainings
    that decided, or all of them. `worse` and `within` are the evidence after each training with
    their limits `reject` and `accept`; `lossy` says that a loss is shown, however small.
    """

    status: Status
    at: int
    worse: tuple[float, ...]
    within: tuple[float, ...]
    reject: float
    accept: float
    p_value: float
    lossy: bool = False


def level(share: float, kind: Kind = "worse") -> float:
    """The largest calibrated level that a share of the error budget allows."""
    return largest(share, levels_of(kind), "a share of the error budget")


def rank_test(
    candidate: Sample, baseline: Sample, threshold: float, scale: float, design_: Design
) -> Tested:
    """Compare a candidate with the frozen baseline replicates.

    Where the margin `threshold` is wider than the design effect times `scale`, the candidate may be
    worse by the difference before it counts: losses are moved by it, so that the design effect lies
    exactly at the margin.
    """
    m = design_.m
    allowed = threshold - design_.delta * scale
    paths = evidence_paths(placed(candidate, baseline, allowed), m, design_.delta)
    answer, at = _nonbinding(readings(paths, design_), paths, design_)
    better = evidence_paths(m - placed(candidate, baseline), m, design_.delta).worse
    status = _status(answer, improved=bool((better >= design_.reject).any()))
    strict = evidence_paths(placed(candidate, baseline), m, design_.delta).worse
    return Tested(
        status,
        at,
        tuple(map(float, paths.worse)),
        tuple(map(float, paths.within)),
        design_.reject,
        design_.accept,
        _p_value(paths.worse, Key("worse", m, design_.cap, "each", design_.delta, 0.0)),
        lossy=bool((strict >= design_.reject).any()),
    )


def pair_test(
    candidate: Sample, baseline: Sample, threshold: float, shares: tuple[float, float], cap: int
) -> Tested:
    """Compare two arms that were trained side by side, by the signs and ranks of differences.

    `shares` are alpha and beta. The passing side is the same test of margin - difference.
    """
    differences = candidate.losses - baseline.losses
    reject = _signed_limit(cap, shares[0])
    accept = _signed_limit(cap, shares[1])
    worse = signed_paths(differences, candidate.ties)
    within = signed_paths(threshold - differences, candidate.ties)
    better = signed_paths(-differences, candidate.ties)
    passes = within >= accept
    decided = passes | (worse >= reject)
    at = int(decided.argmax()) + 1 if decided.any() else len(differences)
    answer = 0 if not decided.any() else PASSED if passes[at - 1] else REGRESSED
    return Tested(
        _status(answer, improved=bool((better >= reject).any())),
        at,
        tuple(map(float, worse)),
        tuple(-float(one) for one in within),
        reject,
        -accept,
        _p_value(worse, Key("signed", 0, cap, "each", 0.0, 0.0)),
        lossy=bool((worse >= reject).any()),
    )


def spread_test(candidate: Sample, baseline: Sample, share: float, cap: int) -> Tested:
    """Is the candidate more erratic? A shift alone must not look like it.

    The evidence is that of the places as they are, which keeps the level; it only counts where the
    candidate, moved to the baseline's median, still shows more than log 20 of it.
    """
    m = len(baseline.seeds)
    reject = limit(Key("spread", m, cap, "each", 0.0, level(share, "spread")))
    worse = spread_paths(placed(candidate, baseline), m)
    status = Status.PASSED
    if len(worse) and (worse >= reject).any():
        moved = float(np.median(candidate.losses) - np.median(baseline.losses))
        aligned = spread_paths(placed(candidate, baseline, moved), m)
        status = Status.REGRESSED if aligned.max() >= np.log(20.0) else Status.PASSED
    return Tested(
        status,
        len(worse),
        tuple(map(float, worse)),
        (),
        reject,
        float("-inf"),
        _p_value(worse, Key("spread", m, cap, "each", 0.0, 0.0)),
    )


def placed(candidate: Sample, baseline: Sample, allowed: float = 0.0) -> Places:
    """The places of a candidate, moved down by `allowed`, among the baseline's replicates."""
    return places(candidate.losses - allowed, baseline.losses, candidate.ties, baseline.ties)


def _nonbinding(
    reading: tuple[NDArray[np.int8], NDArray[np.int64]], paths: Paths, design_: Design
) -> tuple[int, int]:
    """A pass does not bind: a loss that later trainings show, and not within the margin, counts."""
    red = (paths.worse >= design_.reject) & (paths.within > design_.accept)
    if int(reading[0]) == PASSED and red.any():
        return REGRESSED, int(red.argmax()) + 1
    return int(reading[0]), int(reading[1])


def _status(answer: int, *, improved: bool) -> Status:
    if answer == PASSED:
        return Status.IMPROVED if improved else Status.PASSED
    return Status.REGRESSED if answer == REGRESSED else Status.RUNNING


def _signed_limit(cap: int, share: float) -> float:
    return limit(Key("signed", 0, cap, "each", 0.0, level(share, "signed")))


def _p_value(worse: Evidence, key: Key) -> float:
    """The smallest calibrated level at which evidence so strong rejects, at any look; at most 1."""
    strongest = float(np.max(worse)) if np.size(worse) else float("-inf")
    for one in levels_of(key.kind):
        if strongest >= limit(key._replace(level=one)):
            return one
    return 1.0
