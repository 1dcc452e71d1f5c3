"""Tables of every kind that a package takes, and the labels of a regression."""

from typing import Any

from qualify.suite import Lab, Limits, check

KINDS: dict[str, Any] = {
    "owner": "tabular",
    "dataset": "linear",
    "task": "regression",
    "share": 0.2,
    "limits": Limits(wall_s=600.0),
}
TABLES = ("Data 7", "Infra 3")


def said(lab: Lab, experiment: str) -> str:
    """Say how an experiment ended."""
    seen = lab.observe("kinds", experiment)
    return f"{seen.error}: {seen.message}" if seen.error else str(seen.value)


def sound(lab: Lab, experiment: str) -> None:
    """Require sound predictions."""
    seen = lab.observe("kinds", experiment)
    assert seen.value == "", f"instead of sound predictions: {said(lab, experiment)}"


def refused(lab: Lab, experiment: str) -> None:
    """Require an error of a documented kind."""
    seen = lab.observe("kinds", experiment)
    answer = said(lab, experiment) or "a model"
    assert lab.refused(seen), f"no documented error but {answer}"


@check(**KINDS, practice=("Infra 2", "Monitor 5"))
def test_sound_regression(lab: Lab) -> None:
    """Each row gets one finite number."""
    sound(lab, "sound")


@check(**KINDS, needs=("numpy",), practice=TABLES)
def test_takes_arrays(lab: Lab) -> None:
    """NumPy arrays give a sound model."""
    sound(lab, "numpy_arrays")


@check(**KINDS, needs=("numpy",), practice=TABLES)
def test_takes_read_only_arrays(lab: Lab) -> None:
    """Arrays that nobody may write to give a sound model."""
    sound(lab, "read_only_arrays")


@check(**KINDS, needs=("numpy",), practice=("Monitor 3",))
def test_takes_arrays_by_column(lab: Lab) -> None:
    """An array is predicted the same whether its rows or its columns lie together."""
    seen = lab.observe("kinds", "arrays_by_column")
    assert seen.value == 0, f"other predictions: {said(lab, 'arrays_by_column')}"


@check(**KINDS, needs=("numpy",), practice=TABLES)
def test_takes_small_floats(lab: Lab) -> None:
    """Arrays of 32 bits give a sound model."""
    sound(lab, "small_floats")


@check(**KINDS, needs=("polars",), practice=TABLES)
def test_takes_polars(lab: Lab) -> None:
    """Frames of polars give a sound model."""
    sound(lab, "polars_frames")


@check(**KINDS, needs=("sparse",), practice=TABLES)
def test_takes_sparse_matrices(lab: Lab) -> None:
    """Sparse matrices give a sound model."""
    sound(lab, "sparse_matrices")


@check(**KINDS, practice=TABLES)
def test_takes_read_only_frames(lab: Lab) -> None:
    """A frame over memory that nobody may write to gives a sound model."""
    sound(lab, "read_only_frame")


@check(**KINDS, needs=("repeats",), practice=("Data 7", "Infra 1"))
def test_trains_on_odd_index(lab: Lab) -> None:
    """The labels of training rows have no say in the model."""
    seen = lab.observe("kinds", "odd_index")
    assert seen.value == 0, f"another model: {said(lab, 'odd_index')}"


@check(**KINDS, practice=("Data 1", "Data 7"))
def test_refuses_nan_targets(lab: Lab) -> None:
    """Targets of which some are NaN are refused."""
    refused(lab, "nan_labels")


@check(**KINDS, practice=("Data 1", "Data 7"))
def test_refuses_infinite_targets(lab: Lab) -> None:
    """Targets of which one is infinite are refused."""
    refused(lab, "infinite_labels")


@check(**KINDS, practice=("Monitor 5",))
def test_trains_on_huge_targets(lab: Lab) -> None:
    """Targets beyond 32 bits are refused or give a sound model."""
    seen = lab.observe("kinds", "huge_labels")
    assert lab.refused(seen) or seen.value == "", (
        f"neither a sound model nor a documented error: {said(lab, 'huge_labels')}"
    )


@check(**KINDS, practice=("Monitor 5",))
def test_trains_on_constant_targets(lab: Lab) -> None:
    """Targets that are all one are refused or predicted as that."""
    seen = lab.observe("kinds", "constant_labels")
    near = isinstance(seen.value, float) and seen.value < 1e-3
    assert lab.refused(seen) or near, f"not the constant: {said(lab, 'constant_labels')}"
