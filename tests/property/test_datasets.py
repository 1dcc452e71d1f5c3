"""Laws of splits and digests."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualify.core.data import Column, Split, digest
from qualify.datasets import splits
from qualify.datasets.catalogue import CATALOGUE
from qualify.datasets.loading import load
from qualify.datasets.splits import BundledDatasets

DATASETS = BundledDatasets()
QUICK = {n: c for n, c in CATALOGUE.items() if c.rows * c.columns < 20_000 and c.rows < 3_000}


def by_rule(*rules: str) -> st.SearchStrategy[str]:
    """Names of datasets that are split by one of the rules."""
    return st.sampled_from(sorted(n for n, c in QUICK.items() if c.split in rules))


keys = st.integers(0, 2**31)
names = st.sampled_from(sorted(QUICK))
few = settings(max_examples=25)
values = st.none() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5)


def rows(columns: tuple[Column, ...], labels: tuple[float, ...]) -> Counter[tuple]:
    """Each row with its label, counted."""
    return Counter(zip(*(c.values for c in columns), labels, strict=True))


def parts(split: Split) -> tuple[Counter[tuple], Counter[tuple]]:
    """The rows of both parts."""
    return rows(split.train, split.train_labels), rows(split.test, split.test_labels)


def column(part: tuple[Column, ...], name: str) -> list:
    """The values of one column."""
    return next(list(c.values) for c in part if c.name == name)


@few
@given(names, keys)
def test_the_same_key_gives_the_same_rows(name: str, key: int) -> None:
    """A split is a function of dataset and key, also for another source and an empty cache."""
    first = DATASETS.split(name, key)
    splits._split.cache_clear()
    assert BundledDatasets().split(name, key).digest == first.digest


@few
@given(by_rule("stratified", "random", "grouped"), keys)
def test_a_split_is_the_dataset_in_two(name: str, key: int) -> None:
    """Training and test rows together are the dataset's rows, each once; three in ten are test."""
    split, table = DATASETS.split(name, key), load(name)
    train, test = parts(split)
    assert train + test == rows(table.columns, table.labels)
    assert len(split.test_labels) / len(table.labels) == pytest.approx(0.3, abs=0.025)


@few
@given(by_rule("chronological"), keys)
def test_the_future_is_tested(name: str, key: int) -> None:
    """The test rows follow the training rows without a hole, and those are all there were."""
    split, table = DATASETS.split(name, key), load(name)
    time = next(c.name for c in table.columns if c.kind == "date")
    whole = column(table.columns, time)
    train, test = column(split.train, time), column(split.test, time)
    assert train + test == whole[: len(train) + len(test)] == sorted(train + test)
    assert len(set(train) & set(test)) == 0
    assert len(test) == int(0.2 * len(whole))
    assert 0.5 <= (len(train) + 1) / len(whole) <= 0.81


@few
@given(by_rule("grouped"), keys)
def test_no_group_straddles(name: str, key: int) -> None:
    """Rows of one group, copies among them, are all trained or all tested."""
    split, group_by = DATASETS.split(name, key), CATALOGUE[name].group_by
    train, test = (
        set(zip(*(c.values for c in part if not group_by or c.name in group_by), strict=True))
        for part in (split.train, split.test)
    )
    assert train
    assert test
    assert not train & test


@few
@given(names, keys)
def test_every_class_is_trained(name: str, key: int) -> None:
    """No class is only tested, classes are 0 … k-1, and a stratified split tests them all."""
    card, split = CATALOGUE[name], DATASETS.split(name, key)
    if card.classes:
        assert set(split.train_labels) == set(map(float, range(card.classes)))
    if card.split == "stratified":
        assert set(split.test_labels) == set(split.train_labels)


@few
@given(by_rule("stratified", "random", "grouped").filter(lambda n: QUICK[n].rows > 60), keys, keys)
def test_other_keys_give_other_rows(name: str, one: int, other: int) -> None:
    """Two keys do not share a split, but of a tiny dataset or of the origins of a series."""
    same = DATASETS.split(name, one).digest == DATASETS.split(name, other).digest
    assert same == (one == other)


@few
@given(st.sampled_from(sorted(n for n in QUICK if "unseen_categories" in QUICK[n].traits)), keys)
def test_unseen_categories_are_unseen_by_every_key(name: str, key: int) -> None:
    """A card that promises categories that training never saw keeps it for every seed."""
    split = DATASETS.split(name, key)
    new = [
        set(test.values) - set(train.values) - {None}
        for train, test in zip(split.train, split.test, strict=True)
        if train.kind == "category"
    ]
    assert any(new)


@few
@given(names, keys)
def test_columns_fit_their_kind(name: str, key: int) -> None:
    """Numbers are finite floats, dates are ISO 8601, the rest is text; any may be missing."""
    split = DATASETS.split(name, key)
    for one in (*split.train, *split.test):
        given_ = [v for v in one.values if v is not None]
        assert all(isinstance(v, float if one.kind == "numeric" else str) for v in given_)
        if one.kind == "numeric":
            assert all(map(math.isfinite, given_))
        if one.kind == "date":
            assert [datetime.fromisoformat(v).isoformat()[: len(v)] for v in given_] == given_


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
