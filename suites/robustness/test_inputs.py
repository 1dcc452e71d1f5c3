"""Wrong input is refused with an error, never by a crash or silent nonsense."""

from qualify.suite import Lab, Outcome, check


@check(owner="tabular", dataset="breast_cancer", iterations=4)
def test_refuses_nan_labels(lab: Lab) -> None:
    """Labels that are NaN are refused with an exception."""
    attempt = lab.train(labels="nan", must_succeed=False)
    assert attempt.outcome is Outcome.ERROR, f"it ended {attempt.outcome.value}, not in an error"
