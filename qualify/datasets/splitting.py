"""Which rows train and which test, by rule and key.

The same key gives the same rows everywhere: the streams of RandomState are frozen for good
(NEP 19).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualify.datasets.card import Card, Dataset
from qualify.datasets.table import Table

if TYPE_CHECKING:
    import numpy as np

    Rows = tuple[np.ndarray, np.ndarray]

TEST_SHARE = 0.3
_EARLIEST, _LATEST, _HORIZON = 0.5, 0.8, 0.2  # of the rows: where an origin lies, what is tested


def divide(table: Table, how: Dataset | Card, key: int) -> Rows:
    """Return the training rows and the test rows, each ascending, by the rule declared."""
    import numpy as np

    rng = np.random.RandomState(key)
    if how.split == "chronological":
        return _before_and_after(len(table.labels), rng)
    if how.split == "grouped":
        groups = members(table, how.group_by)
        test = _whole_groups(table, groups, rng, classes=how.task != "regression")
    else:
        test = _strata(table, rng, stratify=how.split == "stratified")
    return np.flatnonzero(~test), np.flatnonzero(test)


def _strata(table: Table, rng: np.random.RandomState, *, stratify: bool) -> np.ndarray:
    """Mark the test rows, (n,) bool. A class of one row is only trained."""
    import numpy as np

    strata = np.array(table.labels) if stratify else np.zeros(len(table.labels))
    chosen = np.zeros(len(strata), dtype=bool)
    for stratum in np.unique(strata):
        rows = rng.permutation(np.flatnonzero(strata == stratum))
        chosen[rows[: min(max(1, round(TEST_SHARE * len(rows))), len(rows) - 1)]] = True
    return chosen


def _whole_groups(
    table: Table, groups: Sequence[list[int]], rng: np.random.RandomState, *, classes: bool
) -> np.ndarray:
    """Mark the rows of random groups while they fit and leave every class a row to train."""
    import numpy as np

    left = Counter(table.labels)
    chosen = np.zeros(len(table.labels), dtype=bool)
    for place in rng.permutation(len(groups)):
        rows = groups[place]
        taken = Counter(table.labels[i] for i in rows)
        fits = chosen.sum() + len(rows) <= TEST_SHARE * len(chosen)
        if fits and not (classes and any(left[y] == n for y, n in taken.items())):
            chosen[rows] = True
            left -= taken
    return chosen


def members(table: Table, group_by: Sequence[str]) -> list[list[int]]:
    """Return the rows of each group: equal values of `group_by`, or of every column."""
    columns = [c for c in table.columns if not group_by or c.name in group_by]
    groups = defaultdict(list)
    for place, values in enumerate(zip(*(c.values for c in columns), strict=True)):
        groups[values].append(place)
    return list(groups.values())


def _before_and_after(rows: int, rng: np.random.RandomState) -> Rows:
    import numpy as np

    origin = rng.randint(int(_EARLIEST * rows), int(_LATEST * rows) + 1)
    return np.arange(origin), np.arange(origin, origin + int(_HORIZON * rows))
