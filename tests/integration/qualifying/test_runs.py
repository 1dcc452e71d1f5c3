"""Runs that are repeated, killed, partial, or started by pytest itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

from qualify.core.event import AttemptStarted, CellKept
from tests.tinyml import ALL, BUILD, FLOWERS, IMPORT, INSTALL, LANE, SEEDS_ACT, WINE, Project

PATIENCE_S = 120


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens soon, however slow the machine."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def processes_of(root: Path) -> list[psutil.Process]:
    """Every process whose command names the project."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if any(str(root) in word for word in words) and process.info["status"] != "zombie":
            found.append(process)
    return found


def test_a_second_run_keeps_everything(qualified: Project):
    """Where nothing changed, a run adds only plans and kept cells to the ledger, and decides."""
    before = len(qualified.events())
    ran = qualified.run("run", "--json")
    assert ran.code == 0, ran.err
    added = [e for e in qualified.events()[before:] if e.event != "cell_planned"]
    assert {type(e) for e in added} == {CellKept}
    assert set(qualified.kept()) == ALL
    assert ran.cells == dict.fromkeys(ALL, "passed")


def test_a_fresh_run_trains_again(qualified: Project):
    """`--fresh` trains what could be kept, and says the same."""
    before = qualified.trained(FLOWERS), qualified.trained(IMPORT)
    ran = qualified.run("run", "--json", "--fresh", "--select", FLOWERS)
    assert ran.code == 0, ran.err
    assert FLOWERS not in qualified.kept()
    after = qualified.trained(FLOWERS), qualified.trained(IMPORT)
    assert after == (2 * before[0], 2 * before[1])


def test_a_changed_canary_is_trained_again(qualified: Project):
    """Only the cell whose declaration changed loses its record."""
    path = qualified.root / "suites" / "quality" / "canaries.toml"
    path.write_text(path.read_text().replace("sixty flowers", "flowers, sixty"))
    assert qualified.run("run", "--json").code == 0
    assert set(qualified.kept()) == ALL - {FLOWERS}
    assert qualified.finished().count(FLOWERS) == 2


def test_selection_runs_a_cell_and_its_gates(project: Project):
    """`--select` fills that cell and the stages before it, and the rest stays unscheduled."""
    ran = project.run("run", "--json", "--select", "quality/wine*")
    assert ran.code == 0, ran.err
    assert set(project.finished()) == {BUILD, INSTALL, IMPORT, WINE}
    assert set(ran.cells) == {BUILD, INSTALL, IMPORT, WINE}
    judged = project.run("judge", "--json")
    assert (judged.code, judged.answer["decision"]) == (3, "inconclusive")


def test_a_killed_run_leaves_no_training_and_resumes(project: Project):
    """SIGKILL on `qualify run` alone ends every training, and the next run keeps what was done."""
    project.package("slow", on_fit="import time; time.sleep(600 if len(rows[0]) > 4 else 0)")
    asked = ("run", "--json", "--candidate", "trees/slow", "--select", "quality/*")
    running = project.start(*asked)
    begun = lambda: {e.cell for e in project.events() if isinstance(e, AttemptStarted)}  # noqa: E731
    until(lambda: WINE in begun() or running.poll() is not None)
    until(lambda: bool(processes_of(project.root / ".qualify" / "builds")))
    running.kill()
    running.wait()
    until(lambda: not processes_of(project.root))
    assert {BUILD, INSTALL, IMPORT, FLOWERS} == set(project.finished())
    again = project.run(*asked[:-1], FLOWERS)
    assert again.code == 0, again.err
    assert set(project.kept()) == {BUILD, INSTALL, IMPORT, FLOWERS}
    judged = project.run("judge", "--json")
    assert judged.cells[WINE] == "lost"


def test_pytest_alone_fills_the_suites(project: Project):
    """`pytest suites/ -n 2` plans, builds and fills every cell, each once."""
    ran = project.pytest("suites/", "-n", "2", "-q")
    assert ran.code == 0, ran.out + ran.err
    assert f"{len(ALL)} passed" in ran.out
    assert sorted(project.finished()) == sorted(ALL)


def test_pytest_runs_one_cell_by_its_node(project: Project):
    """A node id runs one cell, and a red one prints the command that shows it again."""
    project.package("seedless", on_fit="seed = 1")
    project.write("qualify.toml", project.settings.replace("trees/same", "trees/seedless"))
    ran = project.pytest(f"suites/reproducibility/test_seeds.py::test_seeds_act[{LANE}]")
    assert ran.code == 1, ran.out + ran.err
    assert "three seeds gave one model" in ran.out
    assert f"--select '{SEEDS_ACT}'" in ran.out
    assert project.finished() == [SEEDS_ACT]


def test_later_verbs_work_from_files_alone(qualified: Project):
    """`judge` and `grid` need neither sources, environments nor suites."""
    for name in ("trees", "suites"):
        (qualified.root / name).rename(qualified.root / f"gone-{name}")
    for name in ("sources", "wheels", "environments"):
        (qualified.root / ".qualify" / name).unlink()
    judged = qualified.run("judge", "--json")
    assert (judged.code, judged.cells) == (0, dict.fromkeys(ALL, "passed"))
    drawn = qualified.run("grid", "--out", "page.html")
    assert drawn.code == 0, drawn.err
    assert "tinyml" in (qualified.root / "page.html").read_text()
    assert "quality/flowers@" in qualified.run("grid", "--csv").out


def test_a_cell_that_is_added_has_the_others_judged_again(qualified: Project):
    """Another number of tests is another share of the error budget for all of them."""
    path = qualified.root / "suites" / "quality" / "canaries.toml"
    text = path.read_text()
    path.write_text(f"{text}\n[canary.again]{text.split('[canary.wine]')[1]}")
    ran = qualified.run("run", "--json", "--select", f"quality/again@{LANE}")
    assert ran.code == 0, ran.err
    assert "2 cells of earlier runs are judged again" in ran.err
    assert qualified.finished().count(FLOWERS) == qualified.finished().count(WINE) == 2
    assert qualified.kept().count(SEEDS_ACT) == 0
    assert qualified.run("judge", "--json").code == 0
