"""`qualify diagnose` on a real package: from the command line to the causes of its noise."""

from __future__ import annotations

import pytest

from tests.tinyml import ADAPTER, BUILD, FLOWERS, LANE, SEEDS_ACT, Project, Ran

# An adapter that honours everything. Bounded by seconds, it searches as far as it gets; of its
# estimators, `mean` ignores the seed and `wild` takes none.
HONOURED = repr(("seed", "iterations", "seconds", "threads", "estimators"))
SEED = """

def _seed(settings):
    import time

    named = settings["options"].get("estimators", ["bag"])[0]
    passes, end = 0, time.monotonic() + (settings["seconds"] or 0)
    while time.monotonic() < end:
        passes += 1
    return {"bag": settings["seed"] + 1000 * passes, "mean": 0, "wild": None}[named]
"""
WHOLE = ADAPTER.replace('("seed", "iterations")', HONOURED)
WHOLE = WHOLE.replace('settings["seed"])', "_seed(settings))") + SEED
FEW = ("--repeats", "3", "--levels", "4")


def codes(ran: Ran) -> dict[str, str]:
    """The sentences by their codes."""
    return {cause["code"]: cause["sentence"] for cause in ran.answer["causes"]}


def ledger(project: Project) -> bytes:
    (path,) = (project.root / ".qualify" / "diagnoses").glob("*/ledger.jsonl")
    return path.read_bytes()


@pytest.fixture
def whole(project: Project) -> Project:
    """A project whose adapter honours everything."""
    project.write("tinyml_adapter.py", WHOLE)
    return project


def test_clock_estimators_and_split_are_told_apart(whole: Project):
    """Modes and estimators that do not repeat are named, those that do are not; ends 0."""
    ran = whole.run("diagnose", FLOWERS, *FEW, "--estimators", "bag,mean,wild", "--json")
    assert ran.code == 0, ran.err
    found = codes(ran)
    assert found["wall-time"].startswith("search bounded by wall time: with 1 iteration 3 of 3")
    assert "seed-acts" in found
    assert any(code.startswith("main-source-") for code in found)
    kinds = {f["estimator"]: f["kind"] for f in ran.answer["families"]}
    assert kinds == {"bag": "seeded", "mean": "ignores the seed", "wild": "unseeded"}
    assert {"thread-races", "unseeded", "failures"} & found.keys() == set()
    assert ran.answer["trainings"] == 3 * 3 + 4 + 4 + 3 * 4


def test_a_diagnosis_is_kept_and_told_in_words(whole: Project):
    """Asked again, nothing is trained again, and the words say what the numbers say."""
    first = whole.run("diagnose", FLOWERS, *FEW, "--json")
    before = ledger(whole)
    again = whole.run("diagnose", FLOWERS, *FEW)
    assert (first.code, again.code) == (0, 0), again.err
    assert ledger(whole) == before
    words = " ".join(again.out.split())
    for sentence in codes(first).values():
        assert sentence in words
    assert "sd that it adds (90%)" in words


def test_a_candidate_that_is_not_seeded(project: Project):
    """The candidate's build is looked at where it is asked for, and its missing seed named."""
    project.package("wild", on_fit="seed = None")
    ran = project.run("diagnose", FLOWERS, *FEW, "--of", "candidate", "--candidate", "trees/wild",
                      "--json")  # fmt: skip
    assert ran.code == 0, ran.err
    assert codes(ran)["unseeded"].startswith("one seed does not repeat: with one seed, 1 thread")
    assert {line["about"] for line in ran.answer["lines"]} == {
        "plain repeats",
        "different seeds",
        "different splits",
    }


def test_a_check_can_be_diagnosed(project: Project):
    """A cell that trains without judging a metric is read by the usual one of its task."""
    ran = project.run("diagnose", SEEDS_ACT, *FEW, "--json")
    assert ran.code == 0, ran.err
    assert {part["metric"] for part in ran.answer["parts"]} == {"log_loss"}


def test_a_build_that_cannot_be_trained_gives_no_answer(project: Project):
    """Where every training fails, the failure is told and the command ends 3."""
    project.package("broken", on_fit="raise RuntimeError('no centroid')")
    ran = project.run("diagnose", FLOWERS, *FEW, "--of", "candidate", "--candidate", "trees/broken")
    assert ran.code == 3, ran.err
    assert "no centroid" in ran.out


MISTAKES = {
    "a cell that is nowhere": (("quality/flower@" + LANE,), FLOWERS),
    "a cell that trains nothing": ((BUILD,), "trains nothing"),
    "a selection": ((FLOWERS, "--select", "*"), "CELL names one cell"),
    "estimators that are not honoured": ((FLOWERS, "--estimators", "rf"), "estimators"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_answered(project: Project, mistake: str):
    """What cannot be diagnosed ends 2 with a word that helps, before anything is built."""
    arguments, word = MISTAKES[mistake]
    ran = project.run("diagnose", *arguments)
    assert ran.code == 2, ran.out + ran.err
    assert word in ran.err
    assert "Traceback" not in ran.err
