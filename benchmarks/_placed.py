"""What methods report of planted histories, and how right that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from benchmarks._planted import BUILDS, History
from benchmarks._rivals import NAMES, Rivals
from qualify.stats.changepoints import Step, steps
from qualify.stats.replicates import summaries

OURS, MEANS = "ours", "ours, means"
METHODS = (OURS, MEANS, *NAMES)
NEAR = 5
"""A step is found where one of the right sign is reported at most so many builds away."""


@dataclass(frozen=True)
class Place:
    """A step that a method reports; of `shift` only the sign counts."""

    build: int
    shift: float


@dataclass(frozen=True)
class Outcome:
    """One method on histories of one kind.

    By history: how many alarms are no step, whether the step was found, whether within one build,
    and, where it was found, how many builds off.
    """

    alarms: list[int] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    distance: list[int] = field(default_factory=list)


def outcome(histories: Sequence[History], places: Sequence[Sequence[Place]]) -> Outcome:
    """Hold what a method reports against what was planted."""
    ended = Outcome()
    for history, reported in zip(histories, places, strict=True):
        away = [abs(p.build - history.first) for p in reported if history.first is not None]
        near = [(d, p) for d, p in zip(away, reported, strict=False) if d <= NEAR]
        right = [d for d, p in near if p.shift * history.shift > 0.0]
        ended.alarms.append(len(reported) - len(near))
        ended.found.append(bool(right))
        ended.exact.append(min(right, default=NEAR) <= 1)
        ended.distance.extend([min(right)] if right else [])
    return ended


def outcomes(histories: Sequence[History], others: Rivals) -> dict[str, Outcome]:
    """Let every method look at the same histories."""
    theirs = others.find([h.means.tolist() for h in histories])
    places = {
        OURS: [_places(ours(h)) for h in histories],
        MEANS: [_places(ours_of_means(h)) for h in histories],
        **{n: [_between(h, at) for h, at in zip(histories, theirs[n], strict=True)] for n in NAMES},
    }
    return {name: outcome(histories, found) for name, found in places.items()}


def ours(history: History) -> tuple[Step, ...]:
    """Ours, as the harness calls it."""
    return steps(*summaries(history.values))


def ours_of_means(history: History) -> tuple[Step, ...]:
    """Ours, where nothing is known but what the others are given."""
    return steps(history.means, np.ones(BUILDS), np.full(BUILDS, np.nan))


def _places(found: Sequence[Step]) -> list[Place]:
    return [Place(s.build, s.shift) for s in found]


def _between(history: History, at: Sequence[int]) -> list[Place]:
    """Positions, with the shift between the segments that they make."""
    ends = [0, *at, BUILDS]
    levels = [float(history.means[a:b].mean()) for a, b in pairwise(ends)]
    shifts = (after - before for before, after in pairwise(levels))
    return [Place(build, shift) for build, shift in zip(at, shifts, strict=True)]
