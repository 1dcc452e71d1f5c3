from __future__ import annotations

import math

import pytest

from qualify.running.scoring import InvalidPredictionsError, quality

APPROX = pytest.approx


def test_regression_by_hand():
    """Errors 1, -1 and 2 on labels 1, 2 and 6 (mean 3)."""
    scores = quality("regression", [1.0, 2.0, 6.0], [2.0, 1.0, 8.0])
    assert scores == {"rmse": APPROX(math.sqrt(2)), "mae": APPROX(4 / 3), "r2": APPROX(1 - 6 / 14)}


def test_binary_by_hand():
    """Of two negatives and two positives one positive is ranked below one negative."""
    shares = [0.2, 0.6, 0.4, 0.9]
    scores = quality("binary", [0.0, 0.0, 1.0, 1.0], [[1 - p, p] for p in shares])
    loss = -(math.log(0.8) + math.log(0.4) + math.log(0.4) + math.log(0.9)) / 4
    assert scores["log_loss"] == APPROX(loss)
    assert scores["auc"] == APPROX(3 / 4)
    assert scores["accuracy"] == APPROX(1 / 2)
    assert scores["balanced_accuracy"] == APPROX(1 / 2)


def test_multiclass_by_hand():
    """Two of three kinds of unequal size are named right, and log loss looks at the true class."""
    table = [[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.2, 0.3]]
    scores = quality("multiclass", [0.0, 0.0, 1.0, 2.0], table)
    loss = -(math.log(0.7) + math.log(0.6) + math.log(0.7) + math.log(0.3)) / 4
    assert scores["log_loss"] == APPROX(loss)
    assert scores["accuracy"] == APPROX(3 / 4)
    assert scores["balanced_accuracy"] == APPROX(2 / 3)
    assert scores["auc"] == APPROX(1.0)


def test_a_certain_mistake_is_finite():
    """A probability of exactly 0 for what happened costs a lot, but is a number."""
    loss = quality("binary", [0.0, 1.0], [[0.5, 0.5], [1.0, 0.0]])["log_loss"]
    assert math.isfinite(loss)
    assert loss > 10


def test_rounded_probabilities_count():
    """Sums that are off by what float32 loses are normalised, not refused."""
    assert quality("binary", [0.0, 1.0], [[0.50002, 0.5], [0.5, 0.5]])["log_loss"] == APPROX(
        math.log(2), abs=1e-4
    )


NAN, INF = math.nan, math.inf
WRONG = {
    "too few rows": ("regression", [1.0], "shape"),
    "too many rows": ("regression", [1.0, 2.0, 3.0], "shape"),
    "a table for a regression": ("regression", [[1.0], [2.0]], "shape"),
    "a list for classes": ("binary", [0.0, 1.0], "shape"),
    "nothing": ("regression", [], "shape"),
    "no list": ("regression", None, "shape"),
    "a number": ("regression", 1.0, "shape"),
    "NaN": ("regression", [1.0, NAN], "1 predictions not finite"),
    "infinite": ("binary", [[INF, 0.0], [0.5, 0.5]], "not finite"),
    "none": ("regression", [1.0, None], "not finite"),
    "text": ("regression", ["a", "b"], "no table of numbers"),
    "an object": ("regression", [{}, {}], "no table of numbers"),
    "a dictionary": ("regression", {"a": 1}, "no table of numbers"),
    "ragged": ("binary", [[0.5, 0.5], [1.0]], "no table of numbers"),
    "no probabilities": ("binary", [[0.5, 0.6], [0.5, 0.5]], "sum to one"),
    "negative": ("binary", [[-0.5, 1.5], [0.5, 0.5]], "sum to one"),
    "a missing class": ("multiclass", [[1.0], [1.0]], "1 classes predicted, 2 exist"),
    "a class too many": ("binary", [[0.2, 0.3, 0.5]] * 2, "3 classes predicted, 2 exist"),
    "no class": ("binary", [[], []], "shape"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_prediction(case):
    """Each way in which predictions can be none is refused by name."""
    task, given, said = WRONG[case]
    with pytest.raises(InvalidPredictionsError, match=said):
        quality(task, [0.0, 1.0], given)
