"""The calibrated limits of the sequential tests: looked up, never interpolated.

`limits.csv` is written by `python -m benchmarks.limits`, whose simulation of at least ten million
null paths chooses each limit so that the 95% upper confidence bound of its error keeps the level.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple, get_args

from qualify.core.canary import CAPS
from qualify.stats.rank_sprt import Design

Kind = Literal["worse", "within", "signed", "spread"]
Schedule = Literal["each", "fours"]

BASELINES = (20, 30, 50, 100, 200)
"""Numbers of baseline replicates that have limits; of others, the next smaller number is used."""
EFFECTS = (0.5, 0.6, 0.7, 0.77, 0.85, 0.92, 1.0, 1.1, 1.2, 1.4, 1.7, 2.0)
"""Design effects in standard deviations of the baseline."""
LEVELS = tuple(
    sorted(
        {
            0.047,  # what 0.05 leaves beside the rule of identical predictions
            *(
                float(f"{digit}e-{power}")
                for power in (6, 5, 4, 3, 2, 1)
                for digit in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
            ),
        }
    )
)
"""Error levels, ascending; the largest that a test's share allows is used."""


class Key(NamedTuple):
    """What a limit is calibrated to; `m` and `delta` are 0 where they mean nothing."""

    kind: Kind
    m: int
    cap: int
    schedule: Schedule
    delta: float
    level: float


class UncalibratedError(LookupError):
    """There is no limit for what was asked, and none is made up."""


def looks(cap: int, schedule: Schedule = "each") -> tuple[int, ...]:
    """After how many trainings the evidence is looked at: each, or in batches of four."""
    if schedule == "each":
        return tuple(range(1, cap + 1))
    return tuple(sorted({*range(4, cap + 1, 4), cap}))


def limit(key: Key) -> float:
    """The calibrated limit; raises UncalibratedError, which names what the table has."""
    try:
        return _table()[key]
    except KeyError:
        raise UncalibratedError(
            f"no limit is calibrated for {key}; there are m = {BASELINES}, caps {CAPS}, "
            f"effects {EFFECTS} and the levels of the table: choose among "
            "them, or add yours to qualify/stats/limits.py and run `python -m benchmarks.limits`"
        ) from None


def design(
    m: int, cap: int, delta: float, alpha: float, beta: float, *, schedule: Schedule = "each"
) -> Design:
    """The calibrated test for exactly these levels; raises UncalibratedError."""
    worse = limit(Key("worse", m, cap, schedule, delta, alpha))
    within = limit(Key("within", m, cap, schedule, delta, beta))
    return Design(m, cap, looks(cap, schedule), delta, alpha, beta, worse, within)


def largest(value: float, among: Iterable[float], what: str) -> float:
    """The largest calibrated value up to `value`; raises UncalibratedError where all are above.

    Fewer replicates, a smaller effect and a stricter level are all on the safe side.
    """
    below = [one for one in among if one <= value * (1.0 + 1e-9)]
    if not below:
        raise UncalibratedError(f"{what} of {value:g} is below the least that is calibrated")
    return max(below)


@lru_cache(maxsize=8)
def levels_of(kind: Kind) -> tuple[float, ...]:
    """The levels, ascending, that every design of a kind is calibrated for."""
    rows = {key[:5] for key in _table() if key.kind == kind}
    has = [level for level in LEVELS if all(Key(*row, level) in _table() for row in rows)]
    return tuple(has)


@lru_cache(maxsize=1)
def _table() -> dict[Key, float]:
    text = resources.files("qualify.stats").joinpath("limits.csv").read_text()
    return {
        Key(kind, int(row["m"]), int(row["cap"]), schedule, float(row["delta"]), level): float(
            value
        )
        for row in csv.DictReader(text.splitlines())
        for kind in get_args(Kind)
        for schedule in get_args(Schedule)
        if (row["kind"], row["schedule"]) == (kind, schedule)
        for level in LEVELS
        if (value := row[f"{level:g}"])
    }
