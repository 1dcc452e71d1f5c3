"""`qualify plan`, `qualify baseline power|relate` and `qualify calibrate` on a real package."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qualify.storing.baselines import parse
from tests.tinyml import FLOWERS, IMPORT, LANE, SEEDS_ACT, Project

CANARY = """\
[canary.flowers]
about = "sixty flowers"
dataset = "tiny"
task = "multiclass"
budget = { iterations = 1 }
metrics = { log_loss = 0.1 }
owner = "tabular"
cap = 20
limits = { wall_s = 60 }
"""


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Project:
    """A project of one canary with forty committed replicates; only to be copied."""
    project = Project.make(tmp_path_factory.mktemp("recorded") / "project", cache)
    project.write("suites/quality/canaries.toml", CANARY)
    ran = project.run("baseline", "record", "--replicates", "40")
    assert ran.code == 0, ran.err
    return project


@pytest.fixture
def ready(tmp_path: Path, recorded: Project) -> Project:
    """A copy with a baseline."""
    root = tmp_path / "ready"
    shutil.copytree(recorded.root, root, symlinks=True)
    return Project(root)


def baseline(project: Project) -> Path:
    return project.root / "baselines" / "tinyml" / "1.0" / f"{LANE}.jsonl"


def test_a_plan_costs_nothing_and_tells_the_cost(ready: Project):
    """Trainings by what the build did, from the record; nothing is fetched, built or trained."""
    before = sorted(ready.root.rglob("*"))
    ran = ready.run("plan", "--json", "--untouched", "0.85", "--candidate", "tinyml==9.9")
    assert ran.code == 0, ran.err
    assert sorted(ready.root.rglob("*")) == before
    found = ran.answer
    cells = {c["cell"]: c for c in found["cells"]}
    flowers = cells[FLOWERS]
    assert (flowers["how"], flowers["origin"]) == ("stored", "baseline")
    assert flowers["untouched"] <= flowers["unchanged"] < flowers["worse"] <= 20
    assert flowers["prospects"][0]["m"] == 30
    assert flowers["seconds"] > 0.0, "its recording took time"
    assert cells[SEEDS_ACT]["how"] == "check"
    assert found["levels"]["tests"] == 1
    totals = found["totals"]
    mixed = totals["expected"]["trainings"]
    assert totals["untouched"]["trainings"] <= mixed <= totals["unchanged"]["trainings"]


def test_a_plan_without_a_baseline_says_what_is_known(project: Project):
    """Side by side, at most to the cap, and no time is made up."""
    project.write("suites/quality/canaries.toml", CANARY)
    ran = project.run("plan")
    assert ran.code == 0, ran.err
    assert "not known before it is built" in ran.out
    assert f"1 side by side: up to 40 trainings ({FLOWERS})" in ran.out
    assert "K = 1 tests of metrics" in ran.out
    assert "give --untouched" in ran.out
    assert "no training time is known yet" in ran.out


def test_a_plan_learns_from_builds(ready: Project):
    """After a run, the share of untouched cells and the cost of checks are known."""
    assert ready.run("run", "--json").code == 0
    found = ready.run("plan", "--json").answer
    assert (found["builds"], found["share"]) == (1, 1.0)
    cells = {c["cell"]: c for c in found["cells"]}
    assert cells[SEEDS_ACT]["origin"] == cells[IMPORT]["origin"] == "earlier builds"
    assert cells[SEEDS_ACT]["unchanged"] == 3.0


def test_a_baseline_tells_its_power(ready: Project):
    """As committed, as supposed, and what a wish takes."""
    ran = ready.run("baseline", "power", "--m", "20", "--m", "200", "--wish", "1", "--json")
    assert ran.code == 0, ran.err
    small, large = ran.answer["rows"]
    assert (small["prospect"]["m"], large["prospect"]["m"]) == (20, 200)
    assert small["prospect"]["detectable"] > large["prospect"]["detectable"]
    assert small["needed"] == large["needed"]


def test_relating_needs_builds_that_differ(ready: Project):
    """Without one there is no correlation to record, and nothing is written."""
    before = baseline(ready).read_bytes()
    ran = ready.run("baseline", "relate")
    assert ran.code == 2
    assert "10 pairs are the least, and there are 0" in ran.err
    assert baseline(ready).read_bytes() == before


def test_a_changed_build_is_related_and_recorded(ready: Project):
    """Softer predictions of the same model are correlated over seeds; the bound is written."""
    softened = "p = [0.9 * one + 0.1 / len(p) for one in p]"
    ready.package("softer", on_predict=softened)
    ready.package("harder", on_predict="p = [w * w for w in p]; p = [w / sum(p) for w in p]")
    ready.write("suites/quality/canaries.toml", CANARY.replace("= 0.1 ", "= 0.05 "))
    for tree in ("trees/softer", "trees/harder"):
        assert ready.run("run", "--json", "--candidate", tree).code in (0, 1, 3)
    ran = ready.run("baseline", "relate", "--json")
    assert ran.code == 0, ran.err
    (related,) = ran.answer["related"]
    assert related["pairs"] >= 10
    assert -1.0 <= related["lower"] < related["correlation"] <= 1.0
    spread = parse(baseline(ready)).spread("flowers", "log_loss")
    assert spread is not None
    assert spread.correlation == related["lower"]


def test_a_build_passes_its_own_test(ready: Project):
    """No false alarm in simulated releases or in a trained one, and its predictions repeat."""
    ran = ready.run("calibrate", "--releases", "20", "--json")
    assert ran.code == 0, ran.err
    found = ran.answer
    assert {g["name"]: g["met"] for g in found["goals"]} == {
        "simulated releases held": True,
        "simulated releases with a red cell": True,
        "trained builds held": True,
    }
    assert found["simulated"]["cells"] == 1
    assert sum(found["simulated"]["statuses"].values()) == 20
    (trained,) = found["trained"]
    assert trained["answer"] == "ship"
    assert 2 <= found["identity"]["identical"] == found["identity"]["compared"]
    work = ready.root / ".qualify"
    assert not (work / "builds").exists()
    assert not (work / "current").exists()
    again = ready.run("calibrate", "--releases", "0")
    assert again.code == 0, again.err
    assert "kept" in again.err
    assert "trained A01: SHIP" in again.out


MISTAKES = {
    "a cell that is nowhere": (("plan", "--select", "quality/flower"), "qualify cells"),
    "a share that is none": (("plan", "--untouched", "2"), "--untouched"),
    "a candidate that is none": (("plan", "--candidate", "tinyml>=1"), "does not name one version"),
    "a lane without a baseline": (
        ("baseline", "power", "--baseline", "tinyml==3.0"),
        "qualify baseline record",
    ),
    "a lane that is none": (("baseline", "relate", "--lane", "py3"), "is not a lane"),
    "nothing to calibrate with": (("calibrate", "--select", IMPORT), "--replicates"),
    "two wishes": (("baseline", "power", "--wish", "1", "--margin", "1"), "not both"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_answered(ready: Project, mistake: str):
    """What cannot be answered ends 2 with a word that helps."""
    arguments, word = MISTAKES[mistake]
    ran = ready.run(*arguments)
    assert ran.code == 2, ran.out + ran.err
    assert word in ran.err
    assert "Traceback" not in ran.err
