"""Every dataset that comes with a package or is generated, by name; nothing is downloaded.

Cards are read without the data: what was measured lies in `facts.csv`, and the libraries that
carry the data are imported when a dataset is loaded.
"""

from __future__ import annotations

import csv
from importlib import resources
from types import ModuleType

from qualify.datasets import (
    from_sklearn,
    from_statsmodels,
    from_vega,
    generated_categories,
    generated_dates,
    generated_signals,
    generated_text,
    generated_troubles,
)
from qualify.datasets.card import Card, Dataset, Facts, card

_MODULES = (
    from_sklearn,
    from_statsmodels,
    from_vega,
    generated_signals,
    generated_troubles,
    generated_categories,
    generated_text,
    generated_dates,
)
FACTS = "facts.csv"


def _declared(module: ModuleType) -> list[Dataset]:
    return [value for value in vars(module).values() if isinstance(value, Dataset)]


DECLARED: dict[str, Dataset] = {d.name: d for module in _MODULES for d in _declared(module)}


def _facts() -> dict[str, Facts]:
    text = (resources.files("qualify.datasets") / FACTS).read_text(encoding="utf-8")
    return {
        row["name"]: Facts(
            rows=int(row["rows"]),
            columns=int(row["columns"]),
            classes=int(row["classes"]),
            traits=tuple(row["traits"].split()),
            sha256=row["sha256"],
        )
        for row in csv.DictReader(text.splitlines())
    }


CATALOGUE: dict[str, Card] = {
    name: card(DECLARED[name], facts) for name, facts in _facts().items() if name in DECLARED
}
"""The cards, in the order of their declarations."""
