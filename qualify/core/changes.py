"""Where a row's history changed: which build introduced it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChangePoint:
    """A step in the history of one metric of one row.

    `build` most likely introduced it; `posterior` gives the probability of each build that may
    have, the likeliest first, and `interval` the oldest and newest of those that together hold 90%.
    `shift` is the loss on the judged scale (> 0: worse since), with a 95% `bounds`; `before` and
    `after` are levels in the metric's unit. `confidence` is the probability that there is a step.
    """

    row: str
    metric: str
    build: str
    posterior: tuple[tuple[str, float], ...]
    interval: tuple[str, str]
    shift: float
    bounds: tuple[float, float]
    before: float
    after: float
    confidence: float


@dataclass(frozen=True)
class FirstBad:
    """Since when a row is red: the last build that was green and the first that is red.

    Builds between the two that decide nothing (missing, inconclusive, machine trouble) are
    `undecided`: any of them, or `build` itself, may have introduced it. `good` is "" where no
    earlier build was green.
    """

    row: str
    good: str
    build: str
    undecided: tuple[str, ...] = ()
