from __future__ import annotations

import pytest

from tests.unit.suites.searching import Searching

FORGETS = {"on_interrupt": "KEPT.append(0); raise", "on_fitted": "model.weights *= 1 + len(KEPT)"}
FAULTS = {
    "forgets the model": (
        {"on_resume": "further.weights = further.weights * 0"},
        "going_on_makes_no_model_worse",
        "after going on from it",
    ),
    "cannot go on with more rows": (
        {
            "on_fitted": "model.rows = len(labels)",
            "on_resume": "further.weights = further.weights * (model.rows == len(labels))",
        },
        "more_rows_make_no_model_worse",
        "after going on with twice the rows",
    ),
    "saves too little to go on": (
        {
            "on_fitted": "model.kept = True",
            "in_model": "__getstate__ = lambda s: {'weights': s.weights, 'family': s.family}",
            "on_resume": "assert model.kept",
        },
        "loaded_model_can_go_on",
        "after_loading: AttributeError",
    ),
    "goes on without a seed": (
        {"on_resume": "further.weights = further.weights * random.random()"},
        "going_on_repeats",
        "going on twice from the same model gives two",
    ),
    "fits otherwise after an interruption": (
        FORGETS,
        "fit_after_an_interruption_is_undisturbed",
        "after an interruption a fit gives another model",
    ),
    "goes on otherwise after an interruption": (
        FORGETS,
        "going_on_after_an_interruption_is_undisturbed",
        "after an interruption going on gives another model",
    ),
}


def test_a_sound_package_breaks_nothing(tmp_path):
    """A search that can go on from its models passes every check."""
    assert Searching("incremental", tmp_path, {}).broken() == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_go_on_is_caught(tmp_path, fault):
    """A package that is changed in one way breaks the check that stands for it."""
    steps, name, reason = FAULTS[fault]
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(Searching("incremental", tmp_path, steps).said(name))
