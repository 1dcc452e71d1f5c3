"""Splits keyed by a number: the same key gives baseline and candidate the same rows."""

from __future__ import annotations

from functools import lru_cache

from qualify.core.data import Split
from qualify.core.errors import SuiteError, nearest
from qualify.datasets import openml
from qualify.datasets.card import Card
from qualify.datasets.catalogue import CATALOGUE
from qualify.datasets.loading import load
from qualify.datasets.splitting import divide


class BundledDatasets:
    """The port `DatasetSource` over the datasets that ship in packages, and those of OpenML."""

    def names(self) -> list[str]:
        """Every dataset that needs no network."""
        return sorted(CATALOGUE)

    def known(self, name: str) -> bool:
        """Whether a suite may name it: a dataset of the catalogue, or `openml:` and a number."""
        return name in CATALOGUE or openml.named(name)

    def card(self, name: str) -> Card:
        """Return a dataset's card; of OpenML's it must be fetched. Raises SuiteError."""
        self._check(name)
        return openml.fetch(name).card if openml.named(name) else CATALOGUE[name]

    def split(self, dataset: str, key: int) -> Split:
        """Return training and test rows by the rule on the card; raises SuiteError."""
        self._check(dataset)
        return _split(dataset, key)

    def _check(self, name: str) -> None:
        if not self.known(name):
            raise SuiteError(f"unknown dataset {name!r}", nearest(name, CATALOGUE))


@lru_cache(maxsize=32)
def _split(dataset: str, key: int) -> Split:
    table, card = load(dataset), BundledDatasets().card(dataset)
    train, test = (table.take(rows) for rows in divide(table, card, key))
    return Split(train.columns, train.labels, test.columns, test.labels)
