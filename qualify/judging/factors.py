"""Which of the things that differ between builds explains best what differs in their results.

Units are builds on lanes. Between every two units, the trainings that both have (same canary, seed
and split) tell how far apart they are: in predictions, in quality, in resources. A factor divides
the units by its level (a dependency's version, a CPU). What it explains is the share of those
distances that lies between its levels, beyond what as many levels explain by chance. Factors that
divide the units alike cannot be told apart, and are named together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qualify.core.metric import find
from qualify.judging.trained import place
from qualify.judging.units import Unit
from qualify.stats.partition import Explained, apart, explained, unlike

Array = NDArray[np.float64]
Outcome = Literal["predictions", "quality", "resources"]
OUTCOMES: tuple[Outcome, ...] = ("predictions", "quality", "resources")
LEAST = 2
_SEED = 20_250_101


@dataclass(frozen=True)
class Factor:
    """Factors that divide the units alike; `levels` are the first one's, a level each unit.

    `single` factors have a level of their own in every unit: whatever differs is theirs as much as
    anything else's that the record does not know.
    """

    names: tuple[str, ...]
    levels: tuple[str, ...]
    explains: Mapping[Outcome, Explained]

    @property
    def single(self) -> bool:
        """Whether no two units share a level."""
        return len(set(self.levels)) == len(self.levels)

    @property
    def score(self) -> float:
        """The most that it explains of anything beyond chance."""
        return max((one.adjusted or 0.0 for one in self.explains.values()), default=0.0)


def rank(among: Sequence[Unit]) -> tuple[Factor, ...]:
    """The factors that differ between comparable units, those that explain most first."""
    if len(among) < LEAST:
        return ()
    squared = {o: d for o, d in distances(among).items() if np.isfinite(d).all() and d.any()}
    alike: dict[tuple[int, ...], list[str]] = defaultdict(list)
    names = dict.fromkeys(name for unit in among for name in unit.levels)
    for name in names:
        divided = _numbered([unit.levels.get(name, "–") for unit in among])
        if max(divided) > 0:
            alike[divided].append(name)
    made = [_factor(among, shared, divided, squared) for divided, shared in alike.items()]
    return tuple(sorted(made, key=lambda one: (-one.score, one.names)))


def distances(among: Sequence[Unit]) -> dict[Outcome, Array]:
    """How far apart every two units are: squared, by what is looked at."""
    made: dict[Outcome, Array] = {"predictions": unlike(_predictions(among))}
    for kind in ("quality", "resource"):
        values = _values(among, kind)
        outcome: Outcome = "quality" if kind == "quality" else "resources"
        made[outcome] = apart(values)
    return made


def _factor(
    among: Sequence[Unit],
    names: Sequence[str],
    divided: tuple[int, ...],
    squared: Mapping[Outcome, Array],
) -> Factor:
    generator = np.random.default_rng(_SEED)
    levels = tuple(unit.levels.get(names[0], "–") for unit in among)
    found = {outcome: explained(d, divided, generator) for outcome, d in squared.items()}
    return Factor(tuple(names), levels, found)


def _numbered(levels: Sequence[str]) -> tuple[int, ...]:
    """Levels as numbers in the order in which they first appear."""
    numbers: dict[str, int] = {}
    return tuple(numbers.setdefault(level, len(numbers)) for level in levels)


def _predictions(among: Sequence[Unit]) -> Array:
    """A number for each digest, equal for equal ones; units by trainings."""
    codes: dict[str, float] = {}
    keys = dict.fromkeys(key for unit in among for key in unit.trainings)
    made = np.full((len(among), len(keys)), np.nan)
    for row, unit in enumerate(among):
        for at, key in enumerate(keys):
            one = unit.trainings.get(key)
            if one is not None and one.predictions is not None:
                made[row, at] = codes.setdefault(one.predictions, float(len(codes)))
    return made


def _values(among: Sequence[Unit], kind: str) -> Array:
    """Places of metrics of a kind, each in standard deviations of its canary's; units by values."""
    found: dict[tuple[str, str], dict[str, dict[int, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row, unit in enumerate(among):
        for key, one in unit.trainings.items():
            for name, value in one.metrics.items():
                metric = find(name)
                at = place(metric, value) if metric and metric.kind == kind else None
                if at is not None:
                    found[one.cell.name, name][key][row] = at
    tables = [_scaled(len(among), keys) for keys in found.values()]
    return np.hstack(tables) if tables else np.full((len(among), 0), np.nan)


def _scaled(rows: int, keys: Mapping[str, Mapping[int, float]]) -> Array:
    """Differences from each training's mean over the units, in standard deviations of all."""
    made = np.full((rows, len(keys)), np.nan)
    for at, values in enumerate(keys.values()):
        first = next(iter(values.values()))  # so that equal values differ by exactly nothing
        made[list(values), at] = [value - first for value in values.values()]
    made -= np.nanmean(made, axis=0)
    spread = float(np.sqrt(np.nanmean(np.square(made))))
    return made / spread if spread > 0.0 else made
