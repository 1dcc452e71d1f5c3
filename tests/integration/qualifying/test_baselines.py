"""Reviewed baselines: recorded, used, and refused where they cannot judge."""

from __future__ import annotations

import json
from pathlib import Path

from qualify.core.event import AttemptStarted, CellFinished
from qualify.core.verdict import Verdict
from qualify.storing.baselines import parse
from tests.tinyml import FLOWERS, LANE, WINE, Project

ONLY = ("--select", FLOWERS)


def path(project: Project) -> Path:
    return project.root / "baselines" / "tinyml" / "1.0" / f"{LANE}.jsonl"


def arms(project: Project) -> list[tuple[str, int]]:
    """What was trained of the canary, in order."""
    started = [e for e in project.events() if isinstance(e, AttemptStarted)]
    return [(e.arm, e.seed) for e in started if e.cell == FLOWERS]


def verdict(project: Project) -> Verdict:
    finished = [e for e in project.events() if isinstance(e, CellFinished)]
    return next(e.verdict for e in finished if e.cell == FLOWERS)


def test_a_recording_has_spreads_and_repeats(recording: Project):
    """Every quality metric's spread, and how often the first three seeds repeat themselves."""
    found = parse(path(recording))
    assert [r.seed for r in found.of("flowers")] == list(range(20))
    assert {s.metric for s in found.spreads} >= {"log_loss", "accuracy"}
    assert found.spread("flowers", "log_loss").m == 20
    assert [(r.canary, r.identical, r.compared) for r in found.repeats] == [("flowers", 3, 3)]
    shown = recording.run("baseline", "show", str(path(recording)), "--json")
    rows = {row["metric"]: row for row in json.loads(shown.out)}
    assert (rows["log_loss"]["canary"], rows["log_loss"]["n"]) == ("flowers", 20)


def test_a_canary_is_added_beside_those_that_are_recorded(recorded: Project):
    """What is stored stays as it is, row by row; the new canary comes behind it."""
    before = parse(path(recorded))
    asked = ("--add", "--replicates", "20", "--select", WINE)
    ran = recorded.run("baseline", "record", *asked)
    assert ran.code == 0, ran.err
    after = parse(path(recorded))
    assert after.of("flowers") == before.of("flowers")
    assert [r.seed for r in after.of("wine")] == list(range(20))
    assert {s.canary for s in after.spreads} == {"flowers", "wine"}
    assert (after.lock, after.provenance) == (before.lock, before.provenance)


def test_a_canary_cannot_be_added_to_nothing(project: Project):
    """Without a stored baseline there is nothing to add to, and the remedy says so."""
    ran = project.run("baseline", "record", "--add", "--select", FLOWERS)
    assert ran.code == 2
    assert "leave --add out" in ran.err


def test_a_recording_of_too_few_is_refused(project: Project):
    """Fewer than twenty replicates decide nothing, so they are not recorded."""
    ran = project.run("baseline", "record", "--replicates", "3", *ONLY)
    assert ran.code == 2
    assert "20" in ran.err
    assert not path(project).exists()


def test_an_unchanged_build_is_recognised_by_its_predictions(recorded: Project):
    """Two bit-identical predictions pass the cell, and the baseline is not trained."""
    ran = recorded.run("run", "--json", *ONLY)
    assert ran.code == 0, ran.err
    assert arms(recorded) == [("candidate", 0), ("candidate", 1)]
    assert verdict(recorded).code == "Q001"
    assert verdict(recorded).identical == (True, True)


def test_a_worse_build_is_confirmed_before_it_is_red(recorded: Project):
    """The baseline repeats what was stored, so the loss is the candidate's."""
    recorded.package("worse", on_predict="p = [0.5 * v + 0.5 / len(p) for v in p]")
    ran = recorded.run("run", "--json", "--candidate", "trees/worse", *ONLY)
    assert ran.code == 1, ran.err
    assert ran.cells[FLOWERS] == "regressed"
    assert arms(recorded)[-2:] == [("baseline", 0), ("baseline", 1)]
    assert "repeats 2 of 2 stored predictions" in recorded.reason(FLOWERS)


def test_a_slightly_changed_build_passes_by_ranks(recorded: Project):
    """Predictions that differ in the last digits are ranked among the stored replicates."""
    recorded.package("touched", on_predict="p = [(v + 1e-9) / (1 + len(p) * 1e-9) for v in p]")
    ran = recorded.run("run", "--json", "--candidate", "trees/touched", *ONLY)
    assert ran.code == 0, ran.err
    assert verdict(recorded).code == "Q002"
    assert {arm for arm, _ in arms(recorded)} == {"candidate"}


def test_a_baseline_that_cannot_judge_is_refused_before_anything_is_trained(recorded: Project):
    """Too few replicates and constant values are named, all at once, with the remedy."""
    suite = recorded.root / "suites" / "quality" / "canaries.toml"
    suite.write_text(suite.read_text().replace("{ log_loss = 0.1 }", "{ log_loss = 0.1, auc = 1 }"))
    lines = [json.loads(line) for line in path(recorded).read_text().splitlines()]
    kept = [
        {**line, "scale": 0.0} if line.get("metric") == "log_loss" else line
        for line in lines
        if line.get("metric") != "auc"
    ]
    wine = [{**line, "canary": "wine"} for line in lines if "seed" in line][:7]
    path(recorded).write_text("".join(json.dumps(line) + "\n" for line in [*kept, *wine]))
    ran = recorded.run("run", "--select", "quality/*")
    assert ran.code == 2, ran.out + ran.err
    for said in (
        f"flowers on {LANE}: log_loss has the same value in all 20 replicates",
        f"flowers on {LANE}: auc has no recorded spread",
        f"wine on {LANE}: 7 usable replicates, the least is 20",
        "qualify baseline record",
    ):
        assert said in ran.err
    assert arms(recorded) == []
