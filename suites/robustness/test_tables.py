"""Whatever table a fitted model meets, it refuses it in order or answers it soundly."""

from typing import Any

from qualify.suite import Lab, Limits, check

NUMBERS: dict[str, Any] = {
    "owner": "tabular",
    "dataset": "wine",
    "task": "multiclass",
    "share": 0.4,
    "limits": Limits(wall_s=300.0),
}
MIXED: dict[str, Any] = {**NUMBERS, "dataset": "categorical", "task": "binary"}
PRACTICE = ("Data 1", "Monitor 2")


def said(lab: Lab, experiment: str) -> str:
    """Say how an experiment ended."""
    seen = lab.observe("tables", experiment)
    return f"{seen.error}: {seen.message}" if seen.error else str(seen.value)


def holds(lab: Lab, experiment: str) -> None:
    """Require sound predictions."""
    seen = lab.observe("tables", experiment)
    assert seen.value == "", f"instead of sound predictions: {said(lab, experiment)}"


def refused(lab: Lab, experiment: str) -> None:
    """Require an error of a documented kind."""
    seen = lab.observe("tables", experiment)
    answer = said(lab, experiment) or "sound predictions"
    assert lab.refused(seen), f"no documented error but {answer}"


def refused_or_sound(lab: Lab, experiment: str) -> None:
    """Require one or the other."""
    seen = lab.observe("tables", experiment)
    assert lab.refused(seen) or seen.value == "", (
        f"neither sound predictions nor a documented error: {said(lab, experiment)}"
    )


def refused_or_same(lab: Lab, experiment: str) -> None:
    """Require the predictions of the plain table, or an error of a documented kind."""
    seen = lab.observe("tables", experiment)
    assert lab.refused(seen) or seen.value == 0, f"other predictions: {said(lab, experiment)}"


def same(lab: Lab, experiment: str) -> None:
    """Require the predictions of the plain table."""
    seen = lab.observe("tables", experiment)
    assert seen.value == 0, f"other predictions: {said(lab, experiment)}"


@check(**NUMBERS, practice=("Infra 2", "Monitor 5"))
def test_sound_probabilities(lab: Lab) -> None:
    """Each row gets a finite probability for every class, and they sum to one."""
    holds(lab, "sound")


@check(**MIXED, needs=("categories",), practice=("Infra 2", "Monitor 5"))
def test_sound_with_categories(lab: Lab) -> None:
    """Rows with categories get finite probabilities that sum to one."""
    holds(lab, "sound")


@check(**NUMBERS, practice=PRACTICE)
def test_missing_number(lab: Lab) -> None:
    """A missing number where training had none is refused or predicted soundly."""
    refused_or_sound(lab, "nan_cells")


@check(**NUMBERS, practice=("Monitor 5", "Monitor 2"))
def test_infinite_number(lab: Lab) -> None:
    """Infinite numbers are refused or predicted soundly."""
    refused_or_sound(lab, "infinite")


@check(**NUMBERS, practice=("Monitor 5", "Monitor 2"))
def test_huge_number(lab: Lab) -> None:
    """Numbers beyond 32 bits are refused or predicted soundly."""
    refused_or_sound(lab, "huge")


@check(**NUMBERS, practice=("Infra 2",))
def test_single_row(lab: Lab) -> None:
    """A table of one row is predicted."""
    holds(lab, "one_row")


@check(**NUMBERS, practice=("Data 1",))
def test_empty_table(lab: Lab) -> None:
    """A table without rows is refused or gets no predictions."""
    refused_or_sound(lab, "no_rows")


@check(**NUMBERS, practice=("Data 1",))
def test_no_table(lab: Lab) -> None:
    """None instead of a table is refused."""
    refused(lab, "no_table")


@check(**NUMBERS, practice=PRACTICE)
def test_lost_column(lab: Lab) -> None:
    """A table without one of the columns of training is refused."""
    refused(lab, "lost_column")


@check(**NUMBERS, practice=PRACTICE)
def test_extra_column(lab: Lab) -> None:
    """A column that training did not have is refused or changes no prediction."""
    refused_or_same(lab, "extra_column")


@check(**NUMBERS, needs=("extra_columns",), practice=PRACTICE)
def test_ignores_extra_column(lab: Lab) -> None:
    """A column that training did not have changes no prediction."""
    same(lab, "extra_column")


@check(**NUMBERS, practice=PRACTICE)
def test_other_order(lab: Lab) -> None:
    """Columns in another order are refused or change no prediction."""
    refused_or_same(lab, "other_order")


@check(**NUMBERS, needs=("column_order",), practice=PRACTICE)
def test_matches_columns_by_name(lab: Lab) -> None:
    """Columns in another order change no prediction."""
    same(lab, "other_order")


@check(**MIXED, needs=("categories",), practice=PRACTICE)
def test_other_order_with_categories(lab: Lab) -> None:
    """Columns of several types in another order are refused or change no prediction."""
    refused_or_same(lab, "other_order")


@check(**MIXED, needs=("categories",), practice=PRACTICE)
def test_unseen_category(lab: Lab) -> None:
    """Categories that training did not have are predicted soundly."""
    holds(lab, "unseen_category")


@check(**MIXED, needs=("categories",), practice=PRACTICE)
def test_missing_category(lab: Lab) -> None:
    """A missing category where training had none is refused or predicted soundly."""
    refused_or_sound(lab, "missing_category")


@check(**MIXED, needs=("categories",), practice=PRACTICE)
def test_numbers_for_categories(lab: Lab) -> None:
    """Numbers in a column of categories are refused or predicted soundly."""
    refused_or_sound(lab, "numbers_for_categories")


@check(**NUMBERS, practice=PRACTICE)
def test_text_for_numbers(lab: Lab) -> None:
    """Words in a column of numbers are refused."""
    refused(lab, "text_for_numbers")


@check(**NUMBERS, practice=PRACTICE)
def test_duplicate_names(lab: Lab) -> None:
    """Two columns of one name where training had two names are refused."""
    refused(lab, "duplicate_names")


@check(**NUMBERS, practice=("Monitor 3",))
def test_numbers_as_objects(lab: Lab) -> None:
    """The same numbers with the type `object` are refused or predicted the same."""
    refused_or_same(lab, "numbers_as_objects")


@check(**NUMBERS, practice=("Monitor 3",))
def test_nullable_numbers(lab: Lab) -> None:
    """The same numbers with a nullable type are refused or predicted the same."""
    refused_or_same(lab, "nullable_numbers")


@check(**NUMBERS, practice=("Monitor 3",))
def test_whole_numbers(lab: Lab) -> None:
    """Whole numbers are predicted the same as floats and as integers."""
    same(lab, "whole_numbers")


@check(**NUMBERS, practice=("Monitor 3",))
def test_odd_index(lab: Lab) -> None:
    """The labels of rows have no say in their predictions."""
    same(lab, "odd_index")


@check(**NUMBERS, practice=("Infra 2",))
def test_keeps_the_table(lab: Lab) -> None:
    """The caller's table is the same after it was predicted."""
    seen = lab.observe("tables", "kept_table")
    assert seen.value is True, f"the table was changed: {said(lab, 'kept_table')}"
