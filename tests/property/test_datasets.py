"""Laws of splits and digests."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.core.data import Column, Split, digest
from qualify.datasets.catalogue import CATALOGUE
from qualify.datasets.splits import BundledDatasets, _load

DATASETS = BundledDatasets()
SMALL = sorted(set(CATALOGUE) - {"digits", "wide", "imbalanced"})
keys = st.integers(0, 2**31)
names = st.sampled_from(SMALL)
few = settings(max_examples=25)
values = st.none() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5)


def rows(columns: tuple[Column, ...], labels: tuple[float, ...]) -> Counter[tuple]:
    """Each row with its label, counted."""
    return Counter(zip(*(c.values for c in columns), labels, strict=True))


@few
@given(names, keys)
def test_the_same_key_gives_the_same_rows(name: str, key: int) -> None:
    """A split is a function of dataset and key, also for another source and an empty cache."""
    from qualify.datasets import splits

    first = DATASETS.split(name, key)
    splits._split.cache_clear()
    assert BundledDatasets().split(name, key).digest == first.digest


@few
@given(names, keys)
def test_a_split_is_the_dataset_in_two(name: str, key: int) -> None:
    """Training and test rows together are the dataset's rows, each once; three in ten are test."""
    split = DATASETS.split(name, key)
    features, target = _load(name)
    given_ = [
        [None if isinstance(v, float) and math.isnan(v) else v for v in features[c]]
        for c in features.columns
    ]
    both = rows(split.train, split.train_labels) + rows(split.test, split.test_labels)
    assert both == Counter(zip(*given_, map(float, target), strict=True))
    assert len(split.test_labels) / len(target) == pytest.approx(0.3, abs=0.02)


@few
@given(names, keys)
def test_every_class_is_in_both_parts(name: str, key: int) -> None:
    """No class is only trained or only tested, and classes are 0 … k-1."""
    kinds = CATALOGUE[name].classes
    split = DATASETS.split(name, key)
    if kinds:
        assert set(split.train_labels) == set(split.test_labels) == set(map(float, range(kinds)))


@few
@given(names, keys, keys)
def test_other_keys_give_other_rows(name: str, one: int, other: int) -> None:
    """Two keys do not share a split."""
    same = DATASETS.split(name, one).digest == DATASETS.split(name, other).digest
    assert same == (one == other)


@few
@given(keys)
def test_columns_fit_their_kind(key: int) -> None:
    """Numeric columns hold finite floats and gaps, categories hold text, the same columns twice."""
    for name in SMALL:
        split = DATASETS.split(name, key)
        assert [(c.name, c.kind) for c in split.train] == [(c.name, c.kind) for c in split.test]
        for column in (*split.train, *split.test):
            kind = float if column.kind == "numeric" else str
            assert all(v is None or isinstance(v, kind) for v in column.values)
            assert not any(isinstance(v, float) and not math.isfinite(v) for v in column.values)


@given(st.dictionaries(st.text(max_size=3), values))
def test_digests_do_not_see_the_order_of_keys(table: dict) -> None:
    """A dictionary's digest is that of its content."""
    assert digest(table) == digest(dict(reversed(table.items())))


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=6), st.data())
def test_digests_see_the_last_bit(numbers: list[float], data: st.DataObject) -> None:
    """The smallest change of any value gives another digest."""
    place = data.draw(st.integers(0, len(numbers) - 1))
    nudged = list(numbers)
    nudged[place] = math.nextafter(nudged[place], 0.0 if nudged[place] else 1.0)
    column = Column("x", "numeric", tuple(numbers))
    split = Split((column,), (0.0,), (column,), (1.0,))
    other = replace(split, test=(replace(column, values=tuple(nudged)),))
    assert digest(numbers) != digest(nudged)
    assert split.digest != other.digest


@given(values, values)
def test_digests_tell_kinds_apart(one: object, other: object) -> None:
    """Equal digests mean equal values of equal kinds."""
    if type(one) is not type(other) or repr(one) != repr(other):
        assert digest([one]) != digest([other])
