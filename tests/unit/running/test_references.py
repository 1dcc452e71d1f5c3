from __future__ import annotations

import math

import pytest

from qualify.core.data import Column, Split
from qualify.datasets.splits import BundledDatasets
from qualify.running.references import constant, linear

X = Column("x", "numeric", (0.0, 1.0, 2.0, 3.0))


def test_the_constant_by_hand():
    """Class frequencies or the mean of the training labels, scored on the test labels."""
    classes = Split((X,), (0.0, 0.0, 0.0, 1.0), (X,), (0.0, 0.0, 1.0, 1.0))
    loss = -(2 * math.log(0.75) + 2 * math.log(0.25)) / 4
    assert constant("binary", classes)["log_loss"] == pytest.approx(loss)
    numbers = Split((X,), (0.0, 1.0, 2.0, 3.0), (X,), (1.5, 1.5, 1.5, 3.5))
    assert constant("regression", numbers)["rmse"] == pytest.approx(1.0)


def test_a_linear_model_finds_a_line():
    """What is linear is predicted nearly without error."""
    y = tuple(3.0 * v + 1 for v in X.values)
    assert linear("regression", Split((X,), y, (X,), y))["rmse"] < 0.5


@pytest.mark.parametrize(
    ("dataset", "task"), [("categorical", "binary"), ("missing", "binary"), ("tiny", "multiclass")]
)
def test_a_linear_model_takes_gaps_and_text(dataset, task):
    """Missing values and text columns are handled, and it beats the constant."""
    split = BundledDatasets().split(dataset, 0)
    assert linear(task, split)["log_loss"] < constant(task, split)["log_loss"]
