"""What is told of a dataset, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    Frame = tuple[pd.DataFrame, pd.Series]

Task = Literal["binary", "multiclass", "regression"]
Rule = Literal["stratified", "random", "grouped", "chronological"]

RULES: dict[Rule, str] = {
    "stratified": "30% of each class for testing",
    "random": "30% of the rows for testing",
    "grouped": "30% of the rows for testing, whole groups of them",
    "chronological": "tested on the fifth of the rows that follows an origin drawn by the seed, "
    "trained on all rows before it",
}
GENERATED = "generated"
OWN = "Apache-2.0, as this package"


@dataclass(frozen=True)
class Dataset:
    """A declared dataset. `marks` are the traits that nobody can measure."""

    name: str
    task: Task
    about: str
    load: Callable[[], Frame]
    source: str = GENERATED
    licence: str = OWN
    split: Rule = "stratified"
    group_by: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What was measured of a dataset. `classes` is 0 for regression."""

    rows: int
    columns: int
    classes: int
    traits: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Card:
    """A dataset's card. `slices` are columns by which results may be told apart.

    Where a split is grouped, equal values of `group_by` are a group: of no column means of all.
    """

    name: str
    task: Task
    about: str
    rows: int
    columns: int
    classes: int
    traits: tuple[str, ...]
    source: str
    licence: str
    split: Rule
    group_by: tuple[str, ...]
    slices: tuple[str, ...]
    sha256: str


def card(declared: Dataset, facts: Facts) -> Card:
    """Join what is declared with what was measured."""
    return Card(
        name=declared.name,
        task=declared.task,
        about=declared.about,
        rows=facts.rows,
        columns=facts.columns,
        classes=facts.classes,
        traits=facts.traits,
        source=declared.source,
        licence=declared.licence,
        split=declared.split,
        group_by=declared.group_by,
        slices=declared.slices,
        sha256=facts.sha256,
    )


def usual(task: Task) -> Rule:
    """Return the rule where nothing speaks for another one."""
    return "random" if task == "regression" else "stratified"


def dataset(
    task: Task,
    *,
    source: str = GENERATED,
    licence: str = OWN,
    split: Rule | None = None,
    group_by: tuple[str, ...] = (),
    text: tuple[str, ...] = (),
    slices: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
) -> Callable[[Callable[[], Frame]], Dataset]:
    """Declare a loader as a dataset: its name and its docstring are those of the dataset."""

    def declare(load: Callable[[], Frame]) -> Dataset:
        return Dataset(
            name=load.__name__,
            task=task,
            about=" ".join((load.__doc__ or "").split()).rstrip("."),
            load=load,
            source=source,
            licence=licence,
            split=split or usual(task),
            group_by=group_by,
            text=text,
            slices=slices,
            marks=marks,
        )

    return declare
