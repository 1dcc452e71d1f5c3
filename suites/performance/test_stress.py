"""Fits side by side in one process, and fits that are cancelled."""

from typing import Any

from qualify.suite import Lab, Limits, check

KEPT = 0.5
"""How much of what a model explains must be left where another fit ran, or was cancelled."""
SOON = 3
"""Ordinary fits that one may go on for after its last interrupt; uninterrupted it takes ten."""
STRESS: dict[str, Any] = {"owner": "performance", "dataset": "friedman1", "task": "regression"}
STRESS |= {"share": 0.6, "limits": Limits(wall_s=300.0)}


@check(**STRESS, practice=("Infra 3",))
def test_fits_side_by_side(lab: Lab) -> None:
    """Two fits at the same time in one process give models as good as alone."""
    for found in lab.seen("stress", "side_by_side"):
        _as_good_as_alone(lab, found, "beside another fit")


@check(**STRESS, practice=("Infra 5",))
def test_fit_can_be_cancelled(lab: Lab) -> None:
    """A fit that is interrupted up to five times (SIGINT) ends: with KeyboardInterrupt, or soon."""
    seen = lab.seen("stress", "cancelled")
    assert seen["interrupted"], "no search was long enough to interrupt it"
    soon = seen["went_on"] <= SOON * seen["usual"]
    said = f"after {seen['interrupted']} × SIGINT the fit went on for {seen['went_on']:.1f} CPU"
    said += f" seconds; an ordinary one takes {seen['usual']:.1f}"
    assert seen["error"] == "KeyboardInterrupt" or soon, said


@check(**STRESS, practice=("Infra 3",))
def test_process_is_usable_after_a_cancelled_fit(lab: Lab) -> None:
    """After a fit that was cancelled, the same process fits a model that is as good as before."""
    _as_good_as_alone(lab, lab.seen("stress", "afterwards"), "after a fit that was cancelled")


@check(**STRESS, practice=("Infra 7",))
def test_cancelled_fit_spoils_nothing(lab: Lab) -> None:
    """A fit that was cancelled leaves earlier models and the program's handler of SIGINT alone."""
    seen = lab.seen("stress", "kept")
    assert seen["apart"] < 1e-9, f"an earlier model predicts otherwise (by {seen['apart']:.2g})"
    assert seen["handler"], "the program's handler of SIGINT is gone"


def _as_good_as_alone(lab: Lab, found: list[float], how: str) -> None:
    alone, changed = lab.explained(lab.seen("stress", "alone")), lab.explained(found)
    said = f"the model explains {changed:.0%} of the target {how}, {alone:.0%} alone"
    assert changed >= KEPT * alone, said
