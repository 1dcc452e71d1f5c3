"""Checks that observe experiments inside the candidate's environment, end to end."""

from __future__ import annotations

from qualify.core.event import AttemptFinished
from tests.tinyml import LANE, Project

CHECKS = '''\
from qualify.suite import Lab, check

COMMON = {"owner": "serving", "dataset": "tiny", "task": "multiclass"}


@check(**COMMON)
def test_first(lab: Lab) -> None:
    """A row alone is predicted as in a batch."""
    assert lab.observe("serving", "single").value == 0.0


@check(**COMMON)
def test_second(lab: Lab) -> None:
    """An experiment ends the process."""
    assert lab.observe("serving", "abort").error != "crashed", "the process ended"


@check(**COMMON)
def test_third(lab: Lab) -> None:
    """The experiment after it is run in another process."""
    assert lab.observe("serving", "after").value == 20


@check(**COMMON)
def test_fourth(lab: Lab) -> None:
    """Wrong labels are refused with an error of a documented kind."""
    assert lab.refused(lab.observe("serving", "wrong"))


@check(**COMMON, needs=("sparse",))
def test_fifth(lab: Lab) -> None:
    """Sparse tables are taken."""
    raise AssertionError
'''
PROBE = """\
import os


def single(bench):
    one = [p for i in range(5) for p in bench.predict(columns=bench.tools.rows(bench.test, [i]))]
    return bench.tools.distance(one, bench.predictions[:5])


def abort(bench):
    os.abort()


def after(bench):
    return len(bench.predictions) + 2


def wrong(bench):
    bench.fit(labels=["a word", 3.0])
"""


def test_cells_share_one_probe(project: Project):
    """Five cells, two processes a build: one more than a probe needs for each crash in it."""
    project.write("suites/serving/test_serving.py", CHECKS)
    project.write("suites/serving/probe_serving.py", PROBE)
    ran = project.run("run", "--json", "--select", "serving/*")
    found = {name: ran.cells[f"serving/{name}@{LANE}"] for name in ("first", "third", "fourth")}
    assert set(found.values()) == {"passed"}
    assert ran.cells[f"serving/second@{LANE}"] == "flaky"
    assert "the baseline breaks it, too" in project.reason(f"serving/second@{LANE}")
    assert ran.cells[f"serving/fifth@{LANE}"] == "skipped"
    assert "sparse" in project.reason(f"serving/fifth@{LANE}")
    attempts = [e.attempt for e in project.events() if isinstance(e, AttemptFinished)]
    probes = [a.arm for a in attempts if a.observations]
    # The baseline is only asked what the candidate broke.
    assert sorted(probes) == ["baseline", "candidate", "candidate"]
    assert ran.code == 0
