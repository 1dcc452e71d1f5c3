"""What may change a model but not how good it is: the order of its rows and columns, threads.

A package does not promise the same model here: ties go to the first column and sums to the first
thread. A model that got much worse was fitted to columns or rows that were mixed up.
"""

from typing import Any

from qualify.suite import Lab, Limits, check

KEPT = 0.5
"""How much of what a model explains must be left after a change that means nothing."""
SEARCH: dict[str, Any] = {"owner": "search", "dataset": "friedman1", "task": "regression"}
SEARCH |= {"share": 0.6, "limits": Limits(wall_s=300.0)}


@check(**SEARCH, practice=("Infra 1", "Data 1"))
def test_order_of_columns_does_not_matter(lab: Lab) -> None:
    """With its columns in another order, in training and after, a model is about as good."""
    _about_as_good(lab, "columns_shuffled", "with its columns shuffled")


@check(**SEARCH, practice=("Infra 1",))
def test_order_of_rows_does_not_matter(lab: Lab) -> None:
    """With its training rows in another order, a model is about as good."""
    _about_as_good(lab, "rows_shuffled", "with its training rows shuffled")


@check(**SEARCH, needs=("threads",), practice=("Infra 1",))
def test_threads_do_not_matter(lab: Lab) -> None:
    """Fitted on two threads, a model is about as good as on one."""
    _about_as_good(lab, "two_threads", "fitted on two threads")


def _about_as_good(lab: Lab, experiment: str, how: str) -> None:
    usual, changed = (
        lab.explained(lab.seen("search", "as_given")),
        lab.explained(lab.seen("search", experiment)),
    )
    said = f"the model explains {changed:.0%} of the target {how}, {usual:.0%} otherwise"
    assert changed >= KEPT * usual, said
