from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.data import Column
from qualify.core.errors import SuiteError
from qualify.datasets.catalogue import CATALOGUE, DECLARED
from qualify.datasets.splits import BundledDatasets
from qualify.datasets.splitting import divide
from qualify.datasets.table import Table

DATASETS = BundledDatasets()


def test_an_unknown_dataset():
    """A typo is answered with the nearest dataset."""
    with pytest.raises(SuiteError, match="unknown dataset 'irsi'"):
        DATASETS.split("irsi", 0)
    with pytest.raises(SuiteError) as caught:
        DATASETS.card("wien")
    assert "'wine'" in caught.value.remedy
    assert not DATASETS.known("wien")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_dataset_splits(name):
    """Each split has the columns of its card, the same ones twice, and no row too many."""
    split, card = DATASETS.split(name, 1), DATASETS.card(name)
    assert len(split.train) == card.columns
    assert [(c.name, c.kind) for c in split.train] == [(c.name, c.kind) for c in split.test]
    used = len(split.train_labels) + len(split.test_labels)
    assert used <= card.rows if card.split == "chronological" else used == card.rows


def test_the_hard_ones_are_hard():
    """Gaps are gaps, categories are categories, and the rare class is rare."""
    missing = DATASETS.split("missing", 0)
    gaps = sum(v is None for c in missing.train for v in c.values)
    assert 0.15 < gaps / (len(missing.train) * len(missing.train_labels)) < 0.25
    kinds = [c.kind for c in DATASETS.split("categorical", 0).train]
    assert kinds == ["category"] * 3 + ["numeric"] * 2
    rare = DATASETS.split("imbalanced", 0).test_labels
    assert 0.03 < sum(rare) / len(rare) < 0.12


def test_kinds_of_columns():
    """Dates are ISO 8601, texts are free text, switches are numbers."""
    kinds = {c.name: (c.kind, c.values) for c in DATASETS.split("mixed", 0).train}
    assert kinds["since"][0] == "date"
    assert all(v is None or len(v) == len("2021-01-01") for v in kinds["since"][1])
    assert set(kinds["active"][1]) == {0.0, 1.0}
    text = {c.name: c.kind for c in DATASETS.split("text", 0).train}
    assert text == {"review": "text", "language": "category", "stars_of_others": "numeric"}


def table(labels):
    """One column that counts the rows."""
    column = Column("x", "numeric", tuple(map(float, range(len(labels)))))
    return Table((column,), tuple(map(float, labels)))


def test_a_class_of_one_row_is_trained():
    """A class is never only tested."""
    train, test = divide(table([0] * 9 + [1]), CATALOGUE["wine"], 0)
    assert 9 in train
    assert len(test) == 3


def test_a_class_of_one_group_is_trained():
    """No group is tested whose rows are all that a class has."""
    lone = replace(table([0] * 9 + [1]), columns=(Column("x", "category", tuple("abcdefghij")),))
    for key in range(20):
        train, _ = divide(lone, DECLARED["duplicates"], key)
        assert 9 in train
