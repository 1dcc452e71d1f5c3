"""What may be said of a dataset, and how it is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qualify.core.data import Column
from qualify.datasets.card import Dataset, Facts
from qualify.datasets.splitting import divide
from qualify.datasets.table import Table

TRAITS: dict[str, str] = {
    "binary": "two classes",
    "multiclass": "more than two classes",
    "many_classes": "20 classes or more",
    "regression": "a number to predict",
    "imbalanced": "the rarest class has at most a tenth of the rows of the most frequent",
    "heavy_tail": "the target's excess kurtosis is above 6, an exponential's",
    "missing": "a column has gaps",
    "missing_column": "a column has no value at all",
    "constant_column": "a column has one value only, and no gap",
    "mixed": "columns of more than one kind",
    "dates": "a column of dates",
    "text": "a column of free text",
    "high_cardinality": "a column of 50 categories or more",
    "unseen_categories": "test rows have categories that training rows lack",
    "wide": "more columns than rows",
    "tall": "10,000 rows or more",
    "tiny": "60 rows or fewer",
    "duplicates": "at least 5% of the rows repeat the features of an earlier one",
    "time_series": "trained on the past, tested on what follows",
    "strong_signal": "a random forest has R² ≥ 0.75, an area under ROC ≥ 0.9 or, of several "
    "classes, a balanced accuracy ≥ 0.85",
    "label_noise": "labels were changed at random",
    "leaky": "a column gives the answer away",
    "linear": "no random forest comes up to a linear model",
    "nonlinear": "a linear model has R² ≤ 0.3 or an area under ROC ≤ 0.65",
}
"""By name, in the order in which a card lists them."""
_PROBES = range(3)
MANY, LEVELS, TALL, TINY = 20, 50, 10_000, 60


def measure(declared: Dataset, table: Table) -> Facts:
    """Say what a dataset is, from its content."""
    return Facts(
        rows=len(table.labels),
        columns=len(table.columns),
        classes=0 if declared.task == "regression" else len(set(table.labels)),
        traits=traits(declared, table),
        sha256=table.digest,
    )


def traits(declared: Dataset, table: Table) -> tuple[str, ...]:
    """Return what holds of a table, with the marks that its declaration adds."""
    found = {*declared.marks, declared.task, *_of_target(declared, table), *_of_shape(table)}
    for column in table.columns:
        found |= set(_of_column(column))
    if len({c.kind for c in table.columns}) > 1:
        found.add("mixed")
    if declared.split == "chronological":
        found.add("time_series")
    elif all(_unseen(declared, table, key) for key in _PROBES):
        found.add("unseen_categories")
    return tuple(trait for trait in TRAITS if trait in found)


def _of_target(declared: Dataset, table: Table) -> Iterator[str]:
    import numpy as np

    if declared.task == "regression":
        centred = np.array(table.labels) - np.mean(table.labels)
        if np.mean(centred**4) > (3 + 6) * np.mean(centred**2) ** 2:
            yield "heavy_tail"
        return
    sizes = Counter(table.labels).values()
    if len(sizes) >= MANY:
        yield "many_classes"
    if 10 * min(sizes) <= max(sizes):
        yield "imbalanced"


def _of_shape(table: Table) -> Iterator[str]:
    rows = len(table.labels)
    if len(table.columns) > rows:
        yield "wide"
    if rows >= TALL:
        yield "tall"
    if rows <= TINY:
        yield "tiny"
    if len(set(table.rows)) <= 0.95 * rows:
        yield "duplicates"


def _of_column(column: Column) -> Iterator[str]:
    values = set(column.values)
    if values == {None}:
        yield "missing_column"
    elif None in values:
        yield "missing"
    elif len(values) == 1:
        yield "constant_column"
    if column.kind == "date":
        yield "dates"
    if column.kind == "text":
        yield "text"
    if column.kind == "category" and len(values - {None}) >= LEVELS:
        yield "high_cardinality"


def _unseen(declared: Dataset, table: Table, key: int) -> bool:
    """Whether a split tests categories that it does not train."""
    train, test = divide(table, declared, key)
    return any(
        {c.values[i] for i in test} - {c.values[i] for i in train} - {None}
        for c in table.columns
        if c.kind == "category"
    )
