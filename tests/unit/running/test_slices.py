"""Metrics of slices and leads, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from qualify.core.canary import Budget, Canary, Judged
from qualify.core.data import Column, Split
from qualify.core.errors import SuiteError
from qualify.core.metric import find, metric, slice_of
from qualify.running.scoring import calibration_error
from qualify.running.slices import asked

TRUTH = (0.0, 1.0, 1.0, 0.0)
GIVEN = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5]]
TEST = (
    Column("plan", "category", ("free", "pro", "free", "pro")),
    Column("age", "numeric", (None, 1.0, 2.0, None)),
)
SPLIT = Split(TEST, TRUTH, TEST, TRUTH)


def judged(*names: str, task: str = "binary") -> Canary:
    return Canary("c", "d", task, Budget(1), tuple(Judged(n, 0.1) for n in names), "o")


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("log_loss@plan=free", [0, 2]),
        ("log_loss@class=1", [1, 2]),
        ("log_loss@age=missing", [0, 3]),
        ("log_loss@age=present", [1, 2]),
        ("accuracy@plan=pro", [1, 3]),
    ],
)
def test_a_slice_is_scored_as_its_rows_alone(name, rows):
    """A slice's metric is the metric of those rows."""
    truth, given = np.array(TRUTH)[rows], np.array(GIVEN)[rows]
    expected = (
        metrics.log_loss(truth, given, labels=[0, 1])
        if name.startswith("log_loss")
        else metrics.accuracy_score(truth, given.argmax(axis=1))
    )
    assert asked(judged(name), SPLIT, GIVEN) == {name: pytest.approx(expected)}


def test_a_slice_without_rows_has_no_value():
    """A value that no test row holds is not scored as perfect."""
    assert asked(judged("log_loss@plan=gold"), SPLIT, GIVEN) == {}


def test_a_slice_of_a_column_that_is_not_there():
    """The nearest column is named."""
    with pytest.raises(SuiteError, match="no column 'plans'") as caught:
        asked(judged("log_loss@plans=free"), SPLIT, GIVEN)
    assert "plan" in caught.value.remedy


def test_errors_of_regression_slices():
    """Root mean square and mean absolute errors are over the slice's rows."""
    split = Split(TEST, TRUTH, TEST, (1.0, 2.0, 3.0, 4.0))
    of = judged("rmse@plan=free", "mae@plan=free", task="regression")
    found = asked(of, split, [1.0, 0.0, 6.0, 0.0])
    assert found == {"rmse@plan=free": pytest.approx(np.sqrt(4.5)), "mae@plan=free": 1.5}


def test_a_lead_is_the_share_of_a_simple_models_loss_that_is_saved():
    """A model as good as the class frequencies leads by nothing, a perfect one by everything."""
    of = judged("lead_over_constant")
    assert asked(of, SPLIT, [[0.5, 0.5]] * 4)["lead_over_constant"] == pytest.approx(0.0)
    perfect = [[1 - y, y] for y in TRUTH]
    assert asked(of, SPLIT, perfect)["lead_over_constant"] == pytest.approx(1.0)


def test_a_sliced_metric_is_the_metric_of_that_name():
    """Unit, direction and scale are the metric's own; the name says which rows."""
    sliced = metric("rmse@city=Rome")
    assert (sliced.scale, sliced.direction) == (metric("rmse").scale, "lower")
    assert sliced.name == "rmse@city=Rome"


@pytest.mark.parametrize("name", ["auc@city=Rome", "log_loss@city", "loss@a=b", "log_loss@=b"])
def test_names_that_are_no_slice(name):
    """Only metrics that a part of the rows has, of a column and a value."""
    assert slice_of(name) is None
    assert find(name) is None


def test_calibration_by_hand():
    """Ten rows stated at 0.8 of which six are right are off by 0.2."""
    truth = np.array([1.0] * 6 + [0.0] * 4)
    given = np.tile([0.2, 0.8], (10, 1))
    assert calibration_error(truth, given, bins=1) == pytest.approx(0.2)


def test_calibrated_probabilities():
    """Frequencies that come true have no error, however they are binned."""
    truth = np.array([1.0, 1.0, 1.0, 0.0] * 10)
    assert calibration_error(truth, np.tile([0.25, 0.75], (40, 1)), bins=10) < 0.3
    assert calibration_error(truth, np.tile([0.25, 0.75], (40, 1)), bins=1) == pytest.approx(0.0)
