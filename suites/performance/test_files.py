"""Files: an exit code of 0 with half of the artifacts is a failure."""

from typing import Any

from qualify.suite import Lab, Limits, check

FILES: dict[str, Any] = {"owner": "serving", "dataset": "friedman1", "task": "regression"}
FILES |= {"share": 0.2, "limits": Limits(wall_s=300.0)}


@check(**FILES, practice=("Infra 3",))
def test_fit_leaves_one_folder_at_most(lab: Lab) -> None:
    """What a fit leaves in its working directory lies in one folder, if it leaves anything."""
    left = lab.seen("files", "left_where_it_ran")
    places = {path.split("/")[0] for path in left}
    loose = [path for path in left if "/" not in path]
    said = f"a fit leaves {len(left)} files in its working directory: {', '.join(sorted(places))}"
    assert len(places) <= 1, said[:400]
    assert not loose, f"a fit leaves {loose[0]} in its working directory"


@check(**FILES, practice=("Monitor 6",))
def test_fit_leaves_no_temporary_files(lab: Lab) -> None:
    """A fit whose model is gone leaves nothing in the folder for temporary files."""
    left = lab.seen("files", "left_temporary")
    assert not left, f"{len(left)} temporary files are left: {', '.join(left)[:300]}"


@check(**FILES, needs=("repeats",), practice=("Infra 1", "Infra 3"))
def test_equal_fits_leave_equal_files(lab: Lab) -> None:
    """The same fit twice leaves files of the same names, and so does saving its model."""
    first, second = map(set, lab.seen("files", "left_again"))
    said = f"only one of two equal fits left {', '.join(sorted(first ^ second))[:300]}"
    assert first == second, said


@check(**FILES, practice=("Infra 3", "Infra 7"))
def test_saved_model_is_whole(lab: Lab) -> None:
    """The folder of a saved model holds all that loading it needs, wherever it is moved."""
    apart = lab.seen("files", "whole")
    assert apart < 1e-9, f"moved alone, the saved model predicts otherwise (by {apart:.2g})"


@check(**FILES, practice=("Infra 3", "Infra 4"))
def test_damaged_model_is_refused(lab: Lab) -> None:
    """A saved model that lacks a file, or half of one, is refused or predicts the same."""
    found = lab.seen("files", "damaged")
    other = [what for what, done in found.items() if done == "other"]
    assert found, "the folder of the saved model is empty"
    assert not other, f"the model predicts otherwise, without an error, with {', '.join(other)}"
