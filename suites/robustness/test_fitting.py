"""Whatever a package is trained on, it refuses it in order or makes a sound model of it."""

from typing import Any

from qualify.suite import Lab, Limits, check

FITTING: dict[str, Any] = {
    "owner": "tabular",
    "dataset": "iris",
    "task": "multiclass",
    "share": 0.2,
    "limits": Limits(wall_s=600.0),
}
LABELS = ("Data 1", "Data 7")
VALUES = ("Data 7", "Monitor 2", "Monitor 5")
NAMES = ("Data 1", "Data 6")


def said(lab: Lab, experiment: str) -> str:
    """Say how an experiment ended."""
    seen = lab.observe("fitting", experiment)
    return f"{seen.error}: {seen.message}" if seen.error else str(seen.value)


def sound(lab: Lab, experiment: str) -> None:
    """Require sound predictions."""
    seen = lab.observe("fitting", experiment)
    assert seen.value == "", f"instead of a sound model: {said(lab, experiment)}"


def refused(lab: Lab, experiment: str) -> None:
    """Require an error of a documented kind."""
    seen = lab.observe("fitting", experiment)
    answer = said(lab, experiment) or "a model"
    assert lab.refused(seen), f"no documented error but {answer}"


def refused_or_sound(lab: Lab, experiment: str) -> None:
    """Require one or the other."""
    seen = lab.observe("fitting", experiment)
    assert lab.refused(seen) or seen.value == "", (
        f"neither a sound model nor a documented error: {said(lab, experiment)}"
    )


@check(**FITTING, practice=LABELS)
def test_refuses_nan_labels(lab: Lab) -> None:
    """Labels of which some are NaN are refused."""
    refused(lab, "some_nan_labels")


@check(**FITTING, practice=LABELS)
def test_refuses_only_nan_labels(lab: Lab) -> None:
    """Labels that are all NaN are refused."""
    refused(lab, "only_nan_labels")


@check(**FITTING, practice=LABELS)
def test_refuses_short_labels(lab: Lab) -> None:
    """Less labels than rows are refused."""
    refused(lab, "short_labels")


@check(**FITTING, practice=LABELS)
def test_refuses_long_labels(lab: Lab) -> None:
    """More labels than rows are refused."""
    refused(lab, "long_labels")


@check(**FITTING, practice=LABELS)
def test_refuses_no_rows(lab: Lab) -> None:
    """A table without rows is no training data."""
    refused(lab, "no_rows")


@check(**FITTING, practice=LABELS)
def test_refuses_no_columns(lab: Lab) -> None:
    """A table without columns is no training data."""
    refused(lab, "no_columns")


@check(**FITTING, practice=LABELS)
def test_trains_on_one_row(lab: Lab) -> None:
    """A single training row is refused or gives a sound model."""
    refused_or_sound(lab, "one_row")


@check(**FITTING, practice=LABELS)
def test_trains_on_one_class(lab: Lab) -> None:
    """Labels of one class are refused or give a sound model."""
    refused_or_sound(lab, "one_class")


@check(**FITTING, practice=LABELS)
def test_trains_on_a_lonely_class(lab: Lab) -> None:
    """A class with a single row is refused or is one of the model's classes."""
    refused_or_sound(lab, "lonely_class")


@check(**FITTING, practice=VALUES)
def test_trains_on_a_missing_column(lab: Lab) -> None:
    """A column whose every value is missing is refused or gives a sound model."""
    refused_or_sound(lab, "missing_column")


@check(**FITTING, needs=("missing",), practice=VALUES)
def test_bears_a_missing_column(lab: Lab) -> None:
    """A column whose every value is missing gives a sound model."""
    sound(lab, "missing_column")


@check(**FITTING, practice=VALUES)
def test_bears_a_constant_column(lab: Lab) -> None:
    """A column of one value gives a sound model."""
    sound(lab, "constant_column")


@check(**FITTING, practice=VALUES)
def test_trains_on_infinite_numbers(lab: Lab) -> None:
    """Infinite numbers are refused or give a sound model."""
    refused_or_sound(lab, "infinite")


@check(**FITTING, practice=VALUES)
def test_trains_on_huge_numbers(lab: Lab) -> None:
    """Numbers beyond 32 bits are refused or give a sound model."""
    refused_or_sound(lab, "huge")


@check(**FITTING, practice=NAMES)
def test_bears_unicode_names(lab: Lab) -> None:
    """Columns named in many alphabets give a sound model."""
    sound(lab, "unicode_names")


@check(**FITTING, practice=NAMES)
def test_trains_on_awkward_names(lab: Lab) -> None:
    """Names with brackets, quotes and commas are refused or give a sound model."""
    refused_or_sound(lab, "awkward_names")


@check(**FITTING, practice=NAMES)
def test_trains_on_number_names(lab: Lab) -> None:
    """Columns named by numbers are refused or give a sound model."""
    refused_or_sound(lab, "number_names")


@check(**FITTING, practice=NAMES)
def test_trains_on_duplicate_names(lab: Lab) -> None:
    """Two columns of one name are refused or give a sound model."""
    refused_or_sound(lab, "duplicate_names")


@check(**FITTING, practice=VALUES)
def test_trains_on_mixed_types(lab: Lab) -> None:
    """A column half of numbers and half of words is refused or gives a sound model."""
    refused_or_sound(lab, "mixed_types")


@check(**FITTING, practice=("Infra 2",))
def test_keeps_the_training_data(lab: Lab) -> None:
    """The caller's table and labels are the same after a fit."""
    seen = lab.observe("fitting", "kept_data")
    assert seen.value is True, f"the data were changed: {said(lab, 'kept_data')}"
