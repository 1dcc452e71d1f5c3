"""Scores of a method over the histories of one setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks._placed import Outcome
from benchmarks._planted import BUILDS
from qualify.stats.rates import Count, upper_bound

CLEAR, POWER = 2.0, 0.8


@dataclass(frozen=True)
class Result:
    """One method in one setting.

    `alarms` are false ones in a hundred quiet builds, with a 95% upper `bound`; `found` the share
    of steps found by shift, `smallest` the shift that is found in four of five (None: none is);
    `exact` and `distance` (builds) are of steps of two standard deviations. Of spliced histories
    `found` and `exact` are of all steps, whatever their size.
    """

    setting: str
    method: str
    alarms: float
    bound: float
    found: dict[str, float]
    smallest: float | None
    exact: float
    distance: float | None


def result(setting: str, method: str, ended: Mapping[float, Mapping[str, Outcome]]) -> Result:
    """Score a method; `ended` is by shift, 0 of quiet histories, and by method."""
    quiet, clear = ended[0.0][method], ended[CLEAR][method]
    found = {shift: float(np.mean(by[method].found)) for shift, by in ended.items() if shift}
    return Result(
        setting,
        method,
        alarms=100.0 * sum(quiet.alarms) / (len(quiet.alarms) * BUILDS),
        bound=100.0 * upper_bound(alarms(quiet)),
        found={f"{shift:g}": share for shift, share in found.items()},
        smallest=_smallest(found) if len(found) > 1 else None,
        exact=float(np.mean(clear.exact)),
        distance=float(np.mean(clear.distance)) if clear.distance else None,
    )


def alarms(quiet: Outcome) -> Count:
    """False alarms among quiet builds."""
    return Count(sum(quiet.alarms), len(quiet.alarms) * BUILDS)


def _smallest(found: Mapping[float, float]) -> float | None:
    """The shift from which on four of five are found, interpolated; None where no shift is."""
    shifts = [0.0, *found]
    shares = [0.0, *found.values()]
    if shares[-1] < POWER:
        return None
    last = max(i for i, share in enumerate(shares) if share < POWER)
    return float(np.interp(POWER, shares[last : last + 2], shifts[last : last + 2]))
