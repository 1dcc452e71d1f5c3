"""What an adapter promises is tried, promise by promise."""

from __future__ import annotations

from dataclasses import replace

from qualify import adapters
from qualify.core.attempt import Attempt, Observation, Outcome
from qualify.probes import conformance as probe
from qualify.running.bench import experiments
from qualify.verbs.conformance import ALWAYS, EVERY_TASK, Conformance, _asked, _tried

FLAML = adapters.describe("flaml")


def attempt(*seen: Observation, outcome: Outcome = Outcome.OK, message: str = "") -> Attempt:
    return Attempt("c", "candidate", 0, 1, "t", outcome, message=message, observations=tuple(seen))


def test_every_experiment_is_a_promise_or_asked_of_all():
    """An experiment that no promise names would never be run."""
    from qualify.core.promises import PROMISES

    assert set(experiments(probe)) <= {*ALWAYS, *PROMISES}
    assert set(EVERY_TASK) <= set(experiments(probe))


def test_only_what_is_promised_is_asked():
    """A promise that is not given is not tried; a later task is asked for the common ones."""
    shy = replace(FLAML, honours=("seed", "numpy"))
    assert _asked(shy, first=True) == [*ALWAYS, "seed", "numpy"]
    assert _asked(shy, first=False) == [*ALWAYS, "seed"]


def test_what_was_seen_is_told_by_promise():
    """Kept is "", broken what the experiment or its exception said."""
    seen = attempt(
        Observation("predicts", value=""),
        Observation("saves", value="the loaded model predicts otherwise"),
        Observation("seed", error="KeyError", message="'seed'"),
    )
    assert _tried(lambda _: seen, ["predicts", "saves", "seed"]) == [
        ("predicts", ""),
        ("saves", "the loaded model predicts otherwise"),
        ("seed", "KeyError: 'seed'"),
    ]


def test_a_promise_that_ends_the_process_does_not_hide_the_next():
    """After a crash the experiments that are left are run again without the ones that were seen."""
    asked = []

    def observe(skip: tuple[str, ...]) -> Attempt:
        asked.append(skip)
        if "saves" not in skip:
            crash = Observation("saves", error="crashed")
            return attempt(Observation("predicts", value=""), crash, outcome=Outcome.CRASHED)
        return attempt(Observation("seed", value=""))

    found = dict(_tried(observe, ["predicts", "saves", "seed"]))
    assert found == {"predicts": "", "saves": "crashed: ", "seed": ""}
    assert {"predicts", "saves"} <= set(asked[1])


def test_a_package_that_cannot_fit_keeps_nothing():
    """Where no experiment could begin, every promise says why."""
    seen = attempt(outcome=Outcome.ERROR, message="ValueError: no")
    assert dict(_tried(lambda _: seen, ["predicts", "seed"])) == {
        "predicts": "cannot fit: ValueError: no",
        "seed": "cannot fit: ValueError: no",
    }


def test_one_broken_promise_is_enough():
    """An adapter conforms where nothing is wrong for any task."""
    kept = Conformance("a", "a", "1", {"seed": {"binary": "", "regression": ""}})
    broken = Conformance("a", "a", "1", {"seed": {"binary": "", "regression": "one model"}})
    assert kept.conforms
    assert not broken.conforms
