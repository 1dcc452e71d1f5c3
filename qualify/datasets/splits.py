"""Splits keyed by a number: the same key gives baseline and candidate the same rows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from qualify.core.data import Column, Split
from qualify.core.errors import SuiteError, nearest
from qualify.datasets.catalogue import CATALOGUE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from qualify.datasets.catalogue import Frame

TEST_SHARE = 0.3


class BundledDatasets:
    """The port `DatasetSource` over the datasets that ship in packages."""

    def names(self) -> list[str]:
        """Every dataset there is."""
        return sorted(CATALOGUE)

    def split(self, dataset: str, key: int) -> Split:
        """Return 70% training and 30% test rows, classes in proportion; raises SuiteError."""
        if dataset not in CATALOGUE:
            raise SuiteError(f"unknown dataset {dataset!r}", nearest(dataset, CATALOGUE))
        return _split(dataset, key)


@lru_cache(maxsize=16)
def _load(dataset: str) -> Frame:
    return CATALOGUE[dataset].load()


@lru_cache(maxsize=32)
def _split(dataset: str, key: int) -> Split:
    features, target = _load(dataset)
    test = _test_rows(target, key, stratify=CATALOGUE[dataset].classes > 0)
    return Split(
        train=_columns(features[~test]),
        train_labels=tuple(float(y) for y in target[~test]),
        test=_columns(features[test]),
        test_labels=tuple(float(y) for y in target[test]),
    )


def _test_rows(target: pd.Series, key: int, *, stratify: bool) -> np.ndarray:
    """Mark the test rows, (n,) bool. RandomState's streams are frozen for good (NEP 19)."""
    import numpy as np

    rng = np.random.RandomState(key)
    strata = target.to_numpy() if stratify else np.zeros(len(target))
    chosen = np.zeros(len(target), dtype=bool)
    for stratum in np.unique(strata):
        rows = rng.permutation(np.flatnonzero(strata == stratum))
        chosen[rows[: max(1, round(TEST_SHARE * len(rows)))]] = True
    return chosen


def _columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    return tuple(_column(str(name), frame[name]) for name in frame.columns)


def _column(name: str, series: pd.Series) -> Column:
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(series):
        values = tuple(None if np.isnan(v) else float(v) for v in series)
        return Column(name, "numeric", values)
    return Column(name, "category", tuple(None if pd.isna(v) else str(v) for v in series))
