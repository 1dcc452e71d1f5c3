"""What becomes of packages that answer nonsense or misbehave: the cell says so, the run goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.tinyml import FLOWERS, IMPORT, LANE, Project, Ran

SUITES = Path(__file__).parents[3] / "suites"
ANSWERS = {
    "wrong-shape": ("if len(table) == 3: continue", "predictions of shape", "predictions for"),
    "unseen-label": ("p = [*p, 0.0]", "4 classes predicted", "4 classes of 3"),
    "nan": ("p = [float('nan')] * len(p)", "not finite", "not finite"),
    "nothing": ("return None", "predictions of shape ()", "'NoneType' object is not iterable"),
}
RUDE = (
    "import locale, os; open('left.txt', 'w').close();"
    "locale.setlocale(locale.LC_CTYPE, 'C'); os.environ['GUEST'] = 'yes'; input('Proceed? ')"
)
SERVER = "import socket; SERVER = socket.create_server(('127.0.0.1', 0))"


@pytest.fixture
def guarded(project: Project) -> Project:
    """A project with the suite that looks at answers and manners."""
    shutil.copytree(SUITES / "robustness", project.root / "suites" / "robustness")
    return project


def robustness(name: str) -> str:
    return f"robustness/{name}@{LANE}"


def run(project: Project, name: str, *cells: str) -> Ran:
    """Qualify a tree; it is held, and what imports and fits is green all the same."""
    chosen = [argument for cell in cells for argument in ("--select", cell)]
    ran = project.run("run", "--json", "--candidate", f"trees/{name}", *chosen)
    assert ran.code == 1, ran.err
    assert ran.cells[IMPORT] == "passed"
    assert set(cells) <= ran.cells.keys()
    return ran


@pytest.mark.parametrize("way", ANSWERS)
def test_answers_that_are_none(guarded: Project, way: str):
    """Rows, classes or numbers that cannot be are told by the canary and by the check."""
    step, canary, check = ANSWERS[way]
    guarded.package(way, on_predict=step)
    sound = robustness("sound_probabilities")
    ran = run(guarded, way, FLOWERS, sound)
    assert (ran.cells[FLOWERS], ran.cells[sound]) == ("failed", "failed")
    assert canary in guarded.reason(FLOWERS)
    assert check in guarded.reason(sound)


def test_a_package_that_prints_gigabytes(guarded: Project):
    """What prints without end is killed and said; a cell that does not fit stays green."""
    guarded.package("loud", on_fit="while True: print('x' * 10**6)")
    little, imports = robustness("prints_little"), robustness("import_leaves_the_process_as_it_was")
    ran = run(guarded, "loud", FLOWERS, little, imports)
    assert ran.cells == {**ran.cells, FLOWERS: "failed", little: "failed", imports: "passed"}
    assert "limit of 64 MB that a training may print" in guarded.reason(FLOWERS)
    assert "fitting ended: output" in guarded.reason(little)


def test_a_package_without_manners(guarded: Project):
    """Files, locale, variables, a server and a question are each the red of a cell of its own."""
    guarded.package("rude", on_fit=RUDE, on_import=SERVER)
    said = {
        "writes_nothing_here": "left.txt",
        "fit_leaves_the_process_as_it_was": "the locale",
        "starts_no_server": "importing: port",
        "asks_for_nothing": "read while fitting",
    }
    quiet = [robustness(name) for name in ("prints_little", "silences_no_warnings")]
    ran = run(guarded, "rude", *map(robustness, said), *quiet)
    assert {ran.cells[robustness(name)] for name in said} == {"failed"}
    assert {ran.cells[name] for name in quiet} == {"passed"}
    for name, telling in said.items():
        assert telling in guarded.reason(robustness(name))
