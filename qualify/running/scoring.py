"""The metrics, computed by the harness with labels that the candidate never saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qualify.core.canary import Task
from qualify.core.data import Prediction

Array = np.ndarray


class InvalidPredictionsError(Exception):
    """The predictions are not predictions: wrong shape, not finite, not probabilities."""


def quality(
    task: Task, labels: Sequence[float], predictions: Sequence[Prediction]
) -> dict[str, float]:
    """Score predictions against labels, (n,) each; raises InvalidPredictionsError.

    Classification wants (n, classes) probabilities with classes 0 … k-1 in columns.
    """
    truth = np.asarray(labels, dtype=float)
    given = checked(task, len(truth), predictions)
    scores = _regression(truth, given) if task == "regression" else _classes(truth, given)
    return {name: float(value) for name, value in scores.items()}


def checked(task: Task, rows: int, predictions: Sequence[Prediction]) -> Array:
    """Return the predictions as an array; raises InvalidPredictionsError."""
    try:
        given = np.asarray(predictions, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidPredictionsError(f"the predictions are no table of numbers: {error}") from None
    dimensions = 1 if task == "regression" else 2
    if given.ndim != dimensions or len(given) != rows or not given.size:
        raise InvalidPredictionsError(f"predictions of shape {given.shape} for {rows} rows")
    if not np.isfinite(given).all():
        raise InvalidPredictionsError(f"{int((~np.isfinite(given)).sum())} predictions not finite")
    if dimensions == 2 and (given.min() < 0 or abs(given.sum(axis=1) - 1).max() > 1e-4):  # noqa: PLR2004
        raise InvalidPredictionsError("the rows of probabilities do not sum to one")
    return given


def _classes(truth: Array, given: Array) -> dict[str, float]:
    from sklearn import metrics  # heavy, and only a finished training needs it

    classes = np.arange(given.shape[1])
    if len(classes) != truth.max() + 1:
        raise InvalidPredictionsError(
            f"{len(classes)} classes predicted, {int(truth.max()) + 1} exist"
        )
    # float32 probabilities sum to one within 1e-7 only; log loss wants them exactly normalised.
    given = given / given.sum(axis=1, keepdims=True)
    named = given.argmax(axis=1)
    return {
        "log_loss": metrics.log_loss(truth, given, labels=classes),
        "auc": metrics.roc_auc_score(truth, given[:, 1])
        if len(classes) == 2  # noqa: PLR2004
        else metrics.roc_auc_score(truth, given, multi_class="ovr", labels=classes),
        "accuracy": metrics.accuracy_score(truth, named),
        "calibration_error": calibration_error(truth, given),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, named),
    }


def calibration_error(truth: Array, given: Array, bins: int = 10) -> float:
    """How far stated confidence is from accuracy: (n,) classes, (n, k) probabilities.

    Expected calibration error over bins of equally many rows, of the likeliest class (Naeini et
    al. 2015; equal-mass bins: Nixon et al. 2019).
    """
    confidence = given.max(axis=1)
    right = given.argmax(axis=1) == truth
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(bins, len(truth)))
    gaps = [abs(confidence[p].mean() - right[p].mean()) * len(p) for p in parts]
    return float(sum(gaps) / len(truth))


def _regression(truth: Array, given: Array) -> dict[str, float]:
    from sklearn import metrics

    return {
        "rmse": metrics.root_mean_squared_error(truth, given),
        "mae": metrics.mean_absolute_error(truth, given),
        "r2": metrics.r2_score(truth, given),
    }
