from __future__ import annotations

import pytest

from qualify.core.errors import SuiteError
from qualify.datasets.catalogue import CATALOGUE
from qualify.datasets.splits import BundledDatasets


def test_an_unknown_dataset():
    """A typo is answered with the nearest dataset."""
    with pytest.raises(SuiteError, match="unknown dataset 'irsi'"):
        BundledDatasets().split("irsi", 0)
    with pytest.raises(SuiteError) as caught:
        BundledDatasets().split("wien", 0)
    assert "'wine'" in caught.value.remedy


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_dataset_loads(name):
    """Each dataset is what its card says: rows, columns and classes."""
    split = BundledDatasets().split(name, 1)
    rows = len(split.train_labels) + len(split.test_labels)
    shape = CATALOGUE[name].about.split(",")[0]
    if "×" in shape:
        assert shape == f"{rows} × {len(split.train)}"
    kinds = len(set(split.train_labels))
    assert (CATALOGUE[name].classes or kinds) == kinds


def test_the_hard_ones_are_hard():
    """Gaps are gaps, text is text, and the rare class is rare."""
    missing = BundledDatasets().split("missing", 0)
    gaps = sum(v is None for c in missing.train for v in c.values)
    assert 0.15 < gaps / (len(missing.train) * len(missing.train_labels)) < 0.25
    kinds = [c.kind for c in BundledDatasets().split("categorical", 0).train]
    assert kinds == ["category"] * 3 + ["numeric"] * 2
    rare = BundledDatasets().split("imbalanced", 0).test_labels
    assert 0.03 < sum(rare) / len(rare) < 0.12
