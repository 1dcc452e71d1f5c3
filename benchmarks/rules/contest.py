"""The rules side by side: each judges the same cells, and its answers are counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.rules.entrants import Rule
from benchmarks.rules.streams import CELLS, Outcome, Setting, draw
from qualify.stats.rank_sprt import OPEN, PASSED, REGRESSED
from qualify.stats.rates import Count, upper_bound

BLOCK = 10
"""Releases drawn at a time."""


@dataclass
class Tally:
    """What one rule said of all cells so far."""

    cells: int = 0
    releases: int = 0
    red_releases: int = 0
    answers: list[int] = field(default_factory=lambda: [0, 0, 0])
    trainings: float = 0.0
    squares: float = 0.0
    confirming: float = 0.0

    def add(self, found: Outcome) -> None:
        """Count one block."""
        red = found.status == REGRESSED
        self.cells += red.size
        self.releases += red.size // CELLS
        self.red_releases += int(red.reshape(-1, CELLS).any(axis=1).sum())
        for answer in (OPEN, PASSED, REGRESSED):
            self.answers[answer] += int((found.status == answer).sum())
        self.trainings += float(found.trainings.sum())
        self.squares += float((found.trainings.astype(float) ** 2).sum())
        self.confirming += float(found.confirming.sum())


@dataclass(frozen=True)
class Result:
    """One rule on one setting: shares of the cells' answers, mean trainings of a cell.

    `trainings_bound` is the upper 95% bound of the mean number of the candidate's trainings,
    `confirming` the mean number of those that confirm, of both arms. `red_releases` of `releases`
    have a cell that regressed, with the upper 95% bound of their share.
    """

    rule: str
    noise: str
    m: int
    cap: int
    shift: float
    offset: float
    correlation: float
    cells: int
    regressed: float
    passed: float
    inconclusive: float
    trainings: float
    trainings_bound: float
    confirming: float
    releases: int
    red_releases: int
    red_share: float
    red_bound: float

    def count(self, share: float) -> Count:
        """A share of the cells as a count."""
        return Count(round(share * self.cells), self.cells)


def result(rule: Rule, setting: Setting, tally: Tally) -> Result:
    """The shares and bounds of a tally."""
    mean = tally.trainings / tally.cells
    error = math.sqrt(max(0.0, tally.squares / tally.cells - mean**2) / tally.cells)
    red = Count(tally.red_releases, tally.releases)
    shares = [answers / tally.cells for answers in tally.answers]
    return Result(
        rule=rule.name,
        noise=setting.noise.name,
        m=setting.m,
        cap=setting.cap,
        shift=setting.shift,
        offset=setting.offset,
        correlation=setting.correlation,
        cells=tally.cells,
        regressed=shares[REGRESSED],
        passed=shares[PASSED],
        inconclusive=shares[OPEN],
        trainings=mean,
        trainings_bound=mean + 1.6449 * error,
        confirming=tally.confirming / tally.cells,
        releases=red.total,
        red_releases=red.failed,
        red_share=red.failed / red.total,
        red_bound=upper_bound(red),
    )


def compete(
    rng: np.random.Generator, setting: Setting, entries: Sequence[tuple[Rule, int]]
) -> list[Result]:
    """Let rules judge the same cells, each its number of releases.

    Where the candidates are worse, each stands in a release of cells that are not.
    """
    tallies = [Tally() for _ in entries]
    others = None
    if setting.shift:
        unchanged = Setting(setting.noise, setting.m, setting.cap)
        others = draw(rng, unchanged, BLOCK)
    for done in range(0, max(releases for _, releases in entries), BLOCK):
        streams = draw(rng, setting, BLOCK, others)
        for (rule, releases), tally in zip(entries, tallies, strict=True):
            if done < releases:
                tally.add(rule.judge(streams, rng))
    return [result(r, setting, tally) for (r, _), tally in zip(entries, tallies, strict=True)]
