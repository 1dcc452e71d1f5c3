from __future__ import annotations

import pytest

from qualify.core.canary import Budget, Limits
from qualify.core.errors import SuiteError
from qualify.running.checks import ATTRIBUTE, Check
from qualify.suite import Lab, check


def declared(**options: object) -> Check:
    @check(owner="tabular", **options)
    def test_it_holds(lab: Lab) -> None:
        """It holds.

        And more.
        """

    return getattr(test_it_holds, ATTRIBUTE)


def test_a_check_is_its_function():
    """Name and promise come from the function; without a dataset it trains nothing."""
    assert declared() == Check("it_holds", "It holds.", "tabular", "main", ("*-locked",), None)


def test_a_check_that_trains():
    """With a dataset it has a canary that judges no metric."""
    made = declared(dataset="wine", task="multiclass", seconds=2.0, limits=Limits(3.0))
    assert (made.canary.name, made.canary.dataset) == ("it_holds", "wine")
    assert made.canary.budget == Budget(None, 2.0)
    assert (made.canary.metrics, made.canary.limits) == ((), Limits(3.0))


def test_an_unknown_stage():
    """A stage that is none is answered with the nearest."""
    with pytest.raises(SuiteError, match="unknown stage 'instal'") as caught:
        declared(stage="instal")
    assert "'install'" in caught.value.remedy
