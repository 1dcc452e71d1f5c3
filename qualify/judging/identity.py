"""Whether identical predictions may be believed, in this build as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from qualify.core.baseline import Repeats
from qualify.stats.identity import Fit, Stratum, fits
from qualify.stats.rates import Count

LEVEL = 0.05
"""The error of disbelieving what is so: it costs trainings, and no wrong answer."""


def fit(
    cells: Iterable[tuple[str, tuple[bool, ...]]],
    repeats: Mapping[str, Repeats],
    level: float = LEVEL,
) -> Fit:
    """Compare the matches of a build's cells, each with its canary's name, with the record.

    `repeats` are the baseline's, by canary; a canary without a record is compared with nothing.
    """
    matches: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for canary, identical in cells:
        matches[canary].append(identical)
    return fits(
        (
            Stratum(rows, Count(known.compared - known.identical, known.compared))
            for canary, rows in matches.items()
            if (known := repeats.get(canary))
        ),
        level,
    )
