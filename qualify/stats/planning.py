"""What a design costs and finds, before anything is trained: simulated operating characteristics.

Candidates are N(shift, 1) among baseline replicates N(0, 1), in standard deviations of the
baseline; without a shift they have the same places under any continuous noise. Every simulation is
seeded and remembered: the same question has the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qualify.stats.identity import false_pass
from qualify.stats.limits import BASELINES, EFFECTS, design, largest, levels_of
from qualify.stats.rank_sprt import PASSED, REGRESSED, Design, evidence_paths, readings
from qualify.stats.ranks import Floats, null_places, shifted_places

MULTIPLES = (0.0, 0.5, 1.0, 1.5, 2.0)
"""The shifts that are looked at, as multiples of the design effect."""
PATHS = 4000
"""Simulated cells of each question: probabilities are known to within 0.015."""
MOST = 1000
"""More trainings of one cell than this are as good as never."""
_SEED = 20260101
_SHIFTS = np.geomspace(0.2, 8.0, 24)  # what `detectable` tells apart, and interpolates between


@dataclass(frozen=True)
class Operating:
    """What becomes of cells whose candidate is worse by `shift`; the rest ends at the cap, open.

    `trainings` is the mean number until the first answer.
    """

    shift: float
    trainings: float
    passed: float
    regressed: float


def calibrated(m: int, cap: int, effect: float, alpha: float, beta: float) -> Design:
    """The calibrated test for a design effect and for shares of the error budget, on the safe side.

    Raises UncalibratedError where there is none for m and cap, or all limits are for larger ones.
    """
    delta = largest(effect, EFFECTS, "a design effect")
    reject = largest(alpha, levels_of("worse"), "an error level")
    accept = largest(beta, levels_of("within"), "an error level")
    return design(m, cap, delta, reject, accept)


def operating(design_: Design) -> tuple[Operating, ...]:
    """The operating characteristics at each of `MULTIPLES` of the design effect."""
    return tuple(operating_at(design_, multiple * design_.delta) for multiple in MULTIPLES)


@lru_cache(maxsize=512)
def operating_at(design_: Design, shift: float) -> Operating:
    """The operating characteristics at one shift, in standard deviations of the baseline."""
    answer, at = _ends(design_, shift)
    passed, regressed = (float((answer == code).mean()) for code in (PASSED, REGRESSED))
    return Operating(shift, float(at.mean()), passed, regressed)


def expected_trainings(
    m: int, cap: int, delta: float, alpha: float, beta: float, *, identity_rate: float = 0.0
) -> float:
    """The mean number of trainings of an unchanged cell.

    Its predictions match the baseline's, at each seed, with probability `identity_rate`; it passes
    by two matches of three or by the rank test, whichever comes first. Raises UncalibratedError as
    `calibrated` does, ValueError for a rate outside [0, 1].
    """
    _, at = _ends(calibrated(m, cap, delta, alpha, beta), 0.0)
    passes = false_pass(identity_rate)
    second = identity_rate**2
    after = ((2, second), (3, passes - second), (cap, 1.0 - passes))
    return float(sum(share * np.minimum(at, most).mean() for most, share in after))


def detectable(design_: Design, n: int, power: float = 0.8) -> float | None:
    """The smallest shift, in standard deviations, that n trainings find with this power.

    None where n are too few for any shift (up to 8). Raises ValueError for n outside 0 ... cap.
    """
    if not 0 <= n <= design_.cap:
        raise ValueError(f"the design has up to {design_.cap} trainings, not {n}")
    found = np.concatenate([[0.0], _powers(design_)[:, n]])
    if found[-1] < power:
        return None
    reached = int((found >= power).argmax())
    shifts = np.concatenate([[0.0], _SHIFTS])[reached - 1 : reached + 1]
    return float(np.interp(power, found[reached - 1 : reached + 1], shifts))


def baseline_needed(
    delta: float, cap: int, alpha: float, beta: float, power: float = 0.8
) -> int | None:
    """The fewest calibrated replicates that find a loss of `delta` with this power; else None.

    `delta` in standard deviations; raises UncalibratedError as `calibrated` does.
    """
    designs = (calibrated(m, cap, delta, alpha, beta) for m in sorted(BASELINES))
    enough = (one.m for one in designs if operating_at(one, delta).regressed >= power)
    return next(enough, None)


def further_trainings(places: ArrayLike, design_: Design) -> int | None:
    """How many more trainings would decide a cell, if they resembled those it has.

    `places` (n,) are repeated in their order, past the cap where need be, against the same limits.
    0 where the cell is decided; None without a training, and where it takes more than `MOST`.
    """
    seen = np.asarray(places, dtype=np.int16)
    if not seen.size:
        return None
    paths = evidence_paths(np.resize(seen, MOST), design_.m, design_.delta)
    decided = (paths.worse >= design_.reject) | (paths.within <= design_.accept)
    early = decided[[look - 1 for look in design_.looks if look <= seen.size]]
    if early.any():
        return 0
    after = np.flatnonzero(decided[seen.size :])
    return int(after[0]) + 1 if after.size else None


@lru_cache(maxsize=512)
def _ends(design_: Design, shift: float) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """The answers of simulated cells, and after how many trainings."""
    rng = np.random.default_rng([_SEED, design_.m])
    if shift == 0.0:
        places = null_places(rng, design_.m, design_.cap, PATHS)
    else:
        places = shifted_places(rng, design_.m, design_.cap, PATHS, shift)
    return readings(evidence_paths(places, design_.m, design_.delta), design_)


@lru_cache(maxsize=32)
def _powers(design_: Design) -> Floats:
    """The share of cells that have regressed within 0 ... cap trainings, (shifts, cap + 1)."""
    found = np.zeros((len(_SHIFTS), design_.cap + 1))
    for i, shift in enumerate(_SHIFTS):
        answer, at = _ends(design_, float(shift))
        counts = np.bincount(at[answer == REGRESSED], minlength=design_.cap + 1)
        found[i] = np.cumsum(counts) / answer.size
    return found
