"""What becomes of candidates, good and bad, from the command line."""

from __future__ import annotations

import pytest

from tests.tinyml import (
    ALL,
    BUILD,
    FLOWERS,
    IMPORT,
    INSTALL,
    LANE,
    SEEDS_ACT,
    WINE,
    Project,
)

CRASHES = {
    "leaves": ("import os; os._exit(0)", "exit code 0"),
    "dies": ("import ctypes; ctypes.string_at(0)", "signal 11"),
    "exits": ("import sys; sys.exit(0)", "exit code 0"),
    "raises": ("raise RuntimeError('no centroid')", "no centroid"),
}


def test_a_good_candidate_ships(first):
    """A build that keeps every promise ends 0, with every cell green and the page drawn."""
    project, ran = first
    assert ran.code == 0, ran.err
    assert ran.answer["decision"] == "ship"
    assert ran.cells == dict.fromkeys(ALL, "passed")
    build = project.root / ".qualify" / "builds" / "B0001"
    assert (project.root / ".qualify" / "grid.html").stat().st_size > 10_000
    assert {f.name for f in build.iterdir()} >= {"decision.json", "junit.xml", "summary.md"}


def test_a_worse_candidate_is_held(project: Project):
    """A build whose predictions lost more than the margin is regressed and ends 1."""
    project.package("worse", on_predict="p = [0.5 * v + 0.5 / len(p) for v in p]")
    ran = project.run("run", "--json", "--candidate", "trees/worse", "--select", "quality/*")
    assert ran.code == 1, ran.err
    assert ran.answer["decision"] == "hold"
    assert {ran.cells[FLOWERS], ran.cells[WINE]} == {"regressed"}
    assert "log_loss: shown worse" in project.reason(FLOWERS)


@pytest.mark.parametrize("way", CRASHES)
def test_a_candidate_that_ends_its_process_fails(project: Project, way: str):
    """However a training ends the process, the cell is failed, says how, and the run goes on."""
    step, said = CRASHES[way]
    project.package(way, on_fit=step)
    ran = project.run("run", "--json", "--candidate", f"trees/{way}", "--select", FLOWERS)
    assert ran.code == 1, ran.err
    assert ran.cells[FLOWERS] == "failed"
    assert said in project.reason(FLOWERS)
    assert ran.cells[IMPORT] == "passed"


def test_a_candidate_that_does_not_build_gates_the_rest(project: Project):
    """A broken build is a red cell with the backend's own words; the rest is gated; ends 1."""
    project.package("broken", on_build="raise RuntimeError('no compiler here')")
    ran = project.run("run", "--json", "--candidate", "trees/broken")
    assert ran.code == 1, ran.err
    assert ran.cells == {**dict.fromkeys(ALL, "gated"), BUILD: "failed"}
    assert "no compiler here" in project.reason(BUILD)
    assert ran.err.count(f"stopped by {BUILD}") == 1, "what a gate stops is said once"


def test_a_candidate_that_does_not_import_is_red_there(project: Project):
    """An import error is the import's cell; what was before it is green, what comes is gated."""
    project.package("unimportable", on_import="import nothing_like_it")
    ran = project.run("run", "--json", "--candidate", "trees/unimportable")
    assert ran.code == 1, ran.err
    green = {BUILD: "passed", INSTALL: "passed"}
    assert ran.cells == {**dict.fromkeys(ALL, "gated"), IMPORT: "failed", **green}
    assert "nothing_like_it" in project.reason(IMPORT)


def test_a_candidate_that_ignores_the_seed_is_caught(project: Project):
    """A build whose seeds do nothing breaks that check, which the baseline keeps."""
    project.package("seedless", on_fit="seed = 1")
    ran = project.run("run", "--json", "--candidate", "trees/seedless", "--select", SEEDS_ACT)
    assert ran.code == 1, ran.err
    assert ran.cells[SEEDS_ACT] == "failed"
    assert "three seeds gave one model" in project.reason(SEEDS_ACT)


def test_a_candidate_that_prints_a_lot_is_judged_as_any(project: Project):
    """Megabytes on both streams, no text among them, disturb neither the run nor its answer."""
    shout = r"import os; [os.write(1 + i % 2, b'\xff\x00noise' * 4000) for i in range(100)]"
    project.package("noisy", on_fit=shout)
    ran = project.run("run", "--json", "--candidate", "trees/noisy", "--select", FLOWERS)
    assert ran.code == 0, ran.err
    assert ran.cells[FLOWERS] == "passed"


def test_a_python_that_is_not_there_is_skipped(project: Project):
    """A lane whose interpreter is missing is skipped and says so; the other lane is judged."""
    project.write("qualify.toml", project.settings + 'pythons = ["current", "3.19"]\n')
    ran = project.run("run", "--json", "--select", "quality/flowers*")
    assert "no python 3.19 on this machine" in project.reason("quality/flowers@py319-cpu-locked")
    assert ran.cells["quality/flowers@py319-cpu-locked"] == "skipped"
    assert ran.cells[f"quality/flowers@{LANE}"] == "passed"
    assert ran.code == 0, ran.err
