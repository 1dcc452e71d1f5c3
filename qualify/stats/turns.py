"""How often a failure must repeat, in turns with the baseline, to be no accident.

In one turn the baseline is executed and holds, and then the candidate, which fails. Let both fail
with probability p, for whatever reason: a race, a clock, a busy machine. Then a turn goes this way
with probability p(1 - p), which is at most 1/4 whatever p is, and t turns in a row with at most
4^-t. Nothing is assumed of p, nor of how it differs between cells and seeds; only that executions
of one seed, in turns on one machine, are exchangeable.
"""

from __future__ import annotations

import math


def by_chance(turns: int) -> float:
    """The most probable accident: that so many turns all accuse a candidate without fault.

    Raises ValueError for a negative number.
    """
    if turns < 0:
        raise ValueError(f"{turns} is not a number of turns")
    return 4.0**-turns


def turns(level: float) -> int:
    """The fewest turns that accuse a candidate without fault at most so often, in (0, 1].

    Raises ValueError for a level outside.
    """
    if not 0.0 < level <= 1.0:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    few = math.floor(-math.log(level, 4.0))
    return few if by_chance(few) <= level else few + 1
