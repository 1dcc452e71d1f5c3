"""What a search must beat before its metrics are worth comparing."""

from qualify.suite import Lab, check


@check(owner="tabular", dataset="breast_cancer", iterations=12)
def test_beats_the_constant(lab: Lab) -> None:
    """A search predicts better than the class frequencies do."""
    found, constant = lab.train().metrics["log_loss"], lab.constant()["log_loss"]
    assert found < 0.5 * constant, f"log loss {found:.3f}, of the constant {constant:.3f}"


@check(owner="tabular", dataset="friedman1", task="regression", iterations=40)
def test_beats_a_linear_model(lab: Lab) -> None:
    """On a nonlinear problem a search predicts better than a linear model does."""
    found, linear = lab.train().metrics["rmse"], lab.linear()["rmse"]
    assert found < 0.9 * linear, f"rmse {found:.3f}, of a linear model {linear:.3f}"
