"""A dataset's content, held to the digest on its card."""

from __future__ import annotations

from functools import lru_cache

from qualify.core.errors import SuiteError
from qualify.datasets import openml
from qualify.datasets.canonical import canonical
from qualify.datasets.card import Card, Dataset
from qualify.datasets.catalogue import CATALOGUE, DECLARED
from qualify.datasets.table import Table


def content(declared: Dataset) -> Table:
    """Load a dataset, unchecked."""
    return canonical(*declared.load(), declared.text)


@lru_cache(maxsize=16)
def load(name: str) -> Table:
    """Load a dataset; raises SuiteError where it is not what its card says."""
    if openml.named(name):
        return openml.fetch(name).table
    return checked(CATALOGUE[name], content(DECLARED[name]))


def checked(card: Card, table: Table) -> Table:
    """Return the table; raises SuiteError where its digest is not the card's."""
    if table.digest != card.sha256:
        raise SuiteError(
            f"dataset {card.name!r} ({card.source}) is not the one on its card: its sha256 is "
            f"{table.digest}, on the card it is {card.sha256}",
            "install the version of the package that carries the recorded data, or accept the new "
            "content with `python -m qualify.datasets.record` and record the baselines again",
        )
    return table
