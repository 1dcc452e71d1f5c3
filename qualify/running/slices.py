"""Metrics that only some canaries ask for: of slices of the test rows, and leads over baselines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from qualify.core.canary import Canary, Task
from qualify.core.data import Prediction, Split
from qualify.core.errors import SuiteError, nearest
from qualify.core.metric import Slice, slice_of
from qualify.running.scoring import checked

Array = np.ndarray
_LOSS = {"binary": "log_loss", "multiclass": "log_loss", "regression": "rmse"}


def asked(canary: Canary, split: Split, predictions: Sequence[Prediction]) -> dict[str, float]:
    """Score what the canary judges beside the metrics of all test rows.

    A slice without a row in this split has no value. Raises InvalidPredictionsError.
    """
    given = checked(canary.task, len(split.test_labels), predictions)
    names = [judged.name for judged in canary.metrics]
    parts = {name: part for name in names if (part := slice_of(name))}
    values = {name: _sliced(part, split, given) for name, part in parts.items()}
    values |= {name: _lead(name, canary.task, split, given) for name in names if name in _LEADS}
    return {name: value for name, value in values.items() if value is not None}


def members(part: Slice, split: Split) -> Array:
    """Mark the test rows of a slice, (n,) bool; raises SuiteError for an unknown column."""
    if part.column == "class":
        return np.array([label == float(part.value) for label in split.test_labels])
    column = next((c for c in split.test if c.name == part.column), None)
    if column is None:
        names = [c.name for c in split.test]
        raise SuiteError(
            f"{part.metric}@{part.column}={part.value}: no column {part.column!r}",
            nearest(part.column, names),
        )
    if part.value in ("missing", "present"):
        return np.array([(v is None) == (part.value == "missing") for v in column.values])
    return np.array([str(v) == part.value for v in column.values])


def _sliced(part: Slice, split: Split, given: Array) -> float | None:
    rows = members(part, split)
    if not rows.any():
        return None
    truth = np.asarray(split.test_labels)[rows]
    return _SCORES[part.metric](truth, given[rows])


def _log_loss(truth: Array, given: Array) -> float:
    given = given / given.sum(axis=1, keepdims=True)
    likelihood = given[np.arange(len(truth)), truth.astype(int)]
    # The floor of scikit-learn: one sure mistake costs much, not everything.
    return float(-np.log(np.maximum(likelihood, np.finfo(given.dtype).eps)).mean())


def _accuracy(truth: Array, given: Array) -> float:
    return float((given.argmax(axis=1) == truth).mean())


def _rmse(truth: Array, given: Array) -> float:
    return float(np.sqrt(((truth - given) ** 2).mean()))


def _mae(truth: Array, given: Array) -> float:
    return float(np.abs(truth - given).mean())


_SCORES = {"log_loss": _log_loss, "accuracy": _accuracy, "rmse": _rmse, "mae": _mae}
_LEADS = {"lead_over_constant": "constant", "lead_over_linear": "linear"}


def _lead(name: str, task: Task, split: Split, given: Array) -> float:
    """How much of a simple model's loss is saved: 1 - loss / loss of the simple model."""
    from qualify.running.scoring import quality

    loss = _LOSS[task]
    own = quality(task, split.test_labels, given.tolist())[loss]
    return 1.0 - own / _simple(_LEADS[name], task, split)[loss]


@lru_cache(maxsize=64)
def _simple(model: str, task: Task, split: Split) -> dict[str, float]:
    from qualify.running import references

    return (
        references.constant(task, split) if model == "constant" else references.linear(task, split)
    )
