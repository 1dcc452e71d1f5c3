"""A search that goes on from a fitted model, where the package has such a thing."""

from typing import Any

from qualify.suite import Lab, Limits, check

LOST = 0.05
"""How much of what a model explains going on from it may cost, on rows that neither was shown."""
SAME = 1e-9
RESUME: dict[str, Any] = {"owner": "search", "dataset": "friedman1", "task": "regression"}
RESUME |= {"share": 0.6, "limits": Limits(wall_s=240.0)}


@check(**RESUME, needs=("resume",), practice=("Model 4",))
def test_going_on_makes_no_model_worse(lab: Lab) -> None:
    """A search that goes on from a model gives one that is no worse."""
    _no_worse(lab, "resumed", "after going on from it")


@check(**RESUME, needs=("resume",), practice=("Model 4",))
def test_more_rows_make_no_model_worse(lab: Lab) -> None:
    """A model of half of the rows is no worse after a search on over all of them."""
    _no_worse(lab, "more_rows", "after going on with twice the rows")


@check(**RESUME, needs=("resume",), practice=("Infra 7",))
def test_loaded_model_can_go_on(lab: Lab) -> None:
    """A model that was saved and loaded can be searched on from, and gets no worse."""
    _no_worse(lab, "after_loading", "after going on from its saved copy")


@check(**RESUME, needs=("resume", "repeats"), practice=("Infra 1",))
def test_going_on_repeats(lab: Lab) -> None:
    """Going on from equal models with one seed gives equal models."""
    apart = lab.seen("resume", "resumed_twice")
    assert apart < SAME, f"going on twice from the same model gives two (by {apart:.2g})"


@check(**RESUME, needs=("resume", "repeats"), practice=("Infra 1",))
def test_fit_after_an_interruption_is_undisturbed(lab: Lab) -> None:
    """A fit that follows an interrupted one gives what an undisturbed fit gives."""
    _undisturbed(lab, "fitted_after_interruption", "a fit")


@check(**RESUME, needs=("resume", "repeats"), practice=("Infra 1",))
def test_going_on_after_an_interruption_is_undisturbed(lab: Lab) -> None:
    """Going on that was interrupted, and is begun again, gives what it gives undisturbed."""
    _undisturbed(lab, "resumed_after_interruption", "going on")


def _undisturbed(lab: Lab, experiment: str, what: str) -> None:
    seen = lab.seen("resume", experiment)
    assert seen["interrupted"], "no search was long enough to interrupt it"
    said = f"after an interruption {what} gives another model (by {seen['apart']:.2g})"
    assert seen["apart"] < SAME, said


def _no_worse(lab: Lab, experiment: str, how: str) -> None:
    seen = lab.seen("resume", experiment)
    before, after = lab.explained(seen["before"]), lab.explained(seen["after"])
    said = f"the model explains {before:.0%} of the target, and {after:.0%} {how}"
    assert after >= before - LOST, said
