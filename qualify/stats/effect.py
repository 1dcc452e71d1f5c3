"""The size of a loss, with an interval that holds at whatever training one looks.

The interval inverts the sequential test: a shift theta belongs to it unless, at some look so far,
the candidate moved by -theta was shown worse than the baseline, or better, at the calibrated
limit (Lehmann 1963, Annals of Mathematical Statistics 34, 1507-1512, for one look). Its error is
that of the limits, over all looks up to the cap and under any continuous noise. The evidence is
monotone in theta and jumps only where a moved value passes another: at the differences of
candidates and baselines, or at the Walsh averages of pairs. So bisection over those is exact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qualify.stats.limits import Key, Schedule, limit, looks
from qualify.stats.rank_sprt import evidence_paths
from qualify.stats.ranks import Evidence, Floats
from qualify.stats.signed_ranks import signed_paths

LEVEL = 0.025
"""The error of each of the two bounds: a 95% interval."""
DELTA = 1.0
"""The design effect of the inverted test."""


@dataclass(frozen=True)
class Effect:
    """How much worse the candidate is, on the judged scale, > 0 for a loss.

    The Hodges-Lehmann `estimate`, and the bounds, each of one-sided error `LEVEL`; None for one
    that the evidence does not reach yet.
    """

    estimate: float
    lower: float | None
    upper: float | None


def shift(
    candidate: Floats,
    baseline: Floats,
    cap: int,
    *,
    schedule: Schedule = "each",
    level: float = LEVEL,
) -> Effect:
    """The shift of `candidate` (n,), in its order, against frozen `baseline` replicates (m,).

    The estimate is the median of all n m differences (Hodges & Lehmann 1963, Annals of Mathematical
    Statistics 34, 598-611). Raises ValueError without a training or for more than the cap, and
    UncalibratedError for a number of replicates that has no limit.
    """
    n, m = _trained(candidate, cap), len(baseline)
    edge = limit(Key("worse", m, cap, schedule, DELTA, level))
    differences = (candidate[:, None] - baseline[None, :]).ravel()
    order = np.argsort(differences, kind="stable")
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.arange(order.size)
    above = ranks.reshape(n, m)

    def evidence(passed: int, *, loss: bool) -> Evidence:
        """Where theta lies above `passed` of the differences: those above it are the places."""
        places = (above >= passed).sum(axis=1, dtype=np.int16)
        return evidence_paths(places if loss else m - places, m, DELTA).worse

    bounds = _bounds(differences[order], evidence, edge, _seen(n, cap, schedule))
    return Effect(float(np.median(differences)), *bounds)


def paired_shift(
    differences: Floats,
    ties: Floats,
    cap: int,
    *,
    schedule: Schedule = "each",
    level: float = LEVEL,
) -> Effect:
    """The shift of paired `differences` (n,), in their order, with as many uniform `ties`.

    The estimate is the median of the Walsh averages (d_i + d_j) / 2, i <= j. Raises as `shift`.
    """
    n = _trained(differences, cap)
    edge = limit(Key("signed", 0, cap, schedule, 0.0, level))
    first, second = np.tril_indices(n)
    walsh = np.sort((differences[first] + differences[second]) / 2.0)
    jumps = np.unique(walsh)
    beyond = max(1.0, float(np.abs(differences).max()), float(np.ptp(differences)))
    ends = np.concatenate([[jumps[0] - beyond], jumps, [jumps[-1] + beyond]])
    thetas = (ends[:-1] + ends[1:]) / 2.0

    def evidence(passed: int, *, loss: bool) -> Evidence:
        moved = differences - thetas[passed]
        return signed_paths(moved if loss else -moved, ties)

    bounds = _bounds(jumps, evidence, edge, _seen(n, cap, schedule))
    return Effect(float(np.median(walsh)), *bounds)


def _bounds(
    jumps: Floats, evidence: Callable[..., Evidence], edge: float, seen: list[int]
) -> tuple[float | None, float | None]:
    """The least and the largest shift that no look excludes; `jumps` are ascending.

    `evidence(k, loss=...)` is that of a shift above k of the jumps, for a loss or for a gain.

    Where early and late trainings contradict each other, so that nothing is left between them, the
    bounds are those of the part in dispute.
    """

    def excluded(passed: int, *, loss: bool) -> bool:
        return bool((evidence(passed, loss=loss)[seen] >= edge).any())

    pieces = range(len(jumps) + 1)
    low = bisect_left(pieces, True, key=lambda k: not excluded(k, loss=True))
    high = bisect_left(pieces, True, key=lambda k: excluded(k, loss=False))
    lower = float(jumps[low - 1]) if low > 0 else None
    upper = float(jumps[max(high, 1) - 1]) if high < len(pieces) else None
    if lower is not None and upper is not None and lower > upper:
        return upper, lower
    return lower, upper


def _trained(values: Floats, cap: int) -> int:
    if not 1 <= len(values) <= cap:
        raise ValueError(f"an effect takes 1 to {cap} trainings, not {len(values)}")
    return len(values)


def _seen(n: int, cap: int, schedule: Schedule) -> list[int]:
    """The positions of the looks so far."""
    return [look - 1 for look in looks(cap, schedule) if look <= n]
