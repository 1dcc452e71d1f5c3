"""Which rule judges which cells, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.rules.contest import Result, compete
from benchmarks.rules.entrants import (
    OURS,
    OURS_BY_HAND,
    OURS_DUAL,
    OURS_PAIRS,
    PEERS,
    Rule,
)
from benchmarks.rules.noises import GAUSSIAN, LEFT_SKEWED, Noise
from benchmarks.rules.streams import Setting

SEED = 20260101
SHIFTS = (0.5, 1.0, 1.5, 2.0, 4.0)
OFFSET = 0.2
USUAL, LARGE = (50, 30), (200, 60)
"""Baseline replicates and cap: the default, and the one that goals are set for."""
DESIGNS = tuple(product((20, 50, 200), (30, 60)))
CORRELATION = 0.5

Entry = tuple[Rule, int]


@dataclass(frozen=True)
class Size:
    """Releases for: false alarms of ours and of peers, power, what goals promise, replaying."""

    ours: int
    peers: int
    power: int
    exact: int
    replayed: int


QUICK = Size(ours=600, peers=20, power=10, exact=100, replayed=20)
FULL = Size(ours=4000, peers=300, power=50, exact=2000, replayed=400)


def experiments(size: Size, noises: Sequence[Noise]) -> Iterator[tuple[Setting, list[Entry]]]:
    """Every setting with the rules that judge it and their numbers of releases."""
    for noise, offset in product(noises, (0.0, OFFSET)):
        yield Setting(noise, offset=offset), _alarms(offset, size)
    yield Setting(LEFT_SKEWED, *LARGE, offset=OFFSET), [(OURS_PAIRS, size.ours)]
    for noise, shift in product(noises, SHIFTS):
        everyone = [(rule, size.power) for rule in (*PEERS, OURS, OURS_PAIRS)]
        yield Setting(noise, shift=shift), everyone
    for design, shift in product(DESIGNS, (0.0, *SHIFTS)):
        promised = design in (USUAL, LARGE) and shift in (0.0, 1.0, 2.0)
        yield Setting(GAUSSIAN, *design, shift), [(OURS, size.exact if promised else size.power)]
    for design, shift in product((USUAL, LARGE), (0.0, 1.0, 2.0)):
        confirmed = [(OURS_PAIRS, size.power), (OURS_BY_HAND, size.power)]
        yield Setting(GAUSSIAN, *design, shift), confirmed
        seeds = Setting(GAUSSIAN, *design, shift, correlation=CORRELATION)
        yield seeds, [(OURS_DUAL, size.power), (OURS, size.power)]


def _alarms(offset: float, size: Size) -> list[Entry]:
    """The one of ours that is promised here is drawn more often than the others."""
    promised, other = (OURS_PAIRS, OURS) if offset else (OURS, OURS_PAIRS)
    return [*((rule, size.peers) for rule in (*PEERS, other)), (promised, size.ours)]


class Results:
    """All results, found again by rule and setting."""

    def __init__(self, every: Sequence[Result]) -> None:
        """Keep, of results for one key, the one with the most cells."""
        kept: dict[tuple[object, ...], Result] = {}
        for one in every:
            key = (one.rule, one.noise, one.m, one.cap, one.shift, one.offset, one.correlation)
            if key not in kept or kept[key].cells < one.cells:
                kept[key] = one
        self._kept = kept

    @property
    def every(self) -> list[Result]:
        """The results in the order of the experiments."""
        return list(self._kept.values())

    def get(self, rule: Rule, s: Setting) -> Result:
        """One rule's result on one setting."""
        return self._kept[rule.name, s.noise.name, s.m, s.cap, s.shift, s.offset, s.correlation]


def run(size: Size, noises: Sequence[Noise]) -> Results:
    """Run every experiment, each with a generator of its own, and tell how far it is."""
    planned = list(experiments(size, noises))
    found: list[Result] = []
    for number, (setting, entries) in enumerate(planned):
        print(f"[{number + 1}/{len(planned)}] {_said(setting)}", file=sys.stderr, flush=True)
        found += compete(np.random.default_rng([SEED, number]), setting, entries)
    return Results(found)


def _said(s: Setting) -> str:
    return (
        f"{s.noise.name}: m={s.m} cap={s.cap} shift={s.shift:g} offset={s.offset:g} "
        f"correlation={s.correlation:g}"
    )
