from __future__ import annotations

from pathlib import Path

import pytest

from qualify.core.canary import Budget, Judged, Limits
from qualify.core.errors import SuiteError
from qualify.running.suitefile import read_suite

DATASETS = ["breast_cancer", "wine"]
GOOD = """
[canary.wine]
dataset = "wine"
task = "multiclass"
budget = { iterations = 12 }
metrics = { log_loss = 0.06 }
owner = "tabular"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "quality").mkdir()
    return tmp_path / "quality"


def read(folder: Path, text: str):
    path = folder / "canaries.toml"
    path.write_text(text)
    return read_suite(path, DATASETS)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SuiteError) as caught:
        read(folder, text)
    assert "canaries.toml" in caught.value.message
    return caught.value.message


def test_a_canary_is_read(folder):
    """A table becomes a canary of the folder's suite, with defaults for what is left out."""
    (canary,) = read(folder, GOOD)
    assert (canary.name, canary.suite, canary.dataset) == ("wine", "quality", "wine")
    assert canary.budget == Budget(iterations=12)
    assert canary.metrics == (Judged("log_loss", 0.06),)
    assert canary.lanes == ("*-locked",)
    assert (canary.interleaved, canary.cap, canary.limits) == (False, 30, Limits())


def test_everything_can_be_set(folder):
    """Options, limits, lanes and both budgets arrive as written."""
    more = """lanes = ["py311-*", "!*-gpu-*"]
interleaved = true
cap = 60
options = { estimators = ["rf"], depth = 3 }
limits = { wall_s = 5, memory_mb = 100, threads = 2 }
"""
    (canary,) = read(folder, GOOD.replace("iterations = 12", "iterations = 12, seconds = 2") + more)
    assert canary.budget == Budget(12, 2.0)
    assert canary.options == {"estimators": ["rf"], "depth": 3}
    assert (canary.interleaved, canary.cap) == (True, 60)
    assert canary.limits == Limits(5.0, 100.0, 2)
    assert canary.lanes == ("py311-*", "!*-gpu-*")


MISTAKES = {
    "an unknown key": ("owner", "ower", ["canary.wine.ower", "did you mean 'owner'?"]),
    "a missing key": ('owner = "tabular"', "", ["canary.wine.owner: Field required"]),
    "an unknown dataset": ('"wine"', '"win"', ["canary.wine.dataset", "did you mean 'wine'?"]),
    "an unknown metric": ("log_loss", "logloss", ["'logloss'", "did you mean 'log_loss'?"]),
    "a metric of another task": ("log_loss", "rmse", ["'rmse' is not one of a multiclass task"]),
    "an unknown task": ("multiclass", "ranking", ["canary.wine.task", "'multiclass'"]),
    "a resource not side by side": ("log_loss", "fit_seconds", ["set interleaved = true"]),
    "no metric": ("{ log_loss = 0.06 }", "{}", ["canary.wine.metrics", "at least 1"]),
    "a margin of nothing": ("0.06", "0", ["canary.wine.metrics.log_loss", "greater than 0"]),
    "a budget of nothing": ("12", "0", ["budget.iterations", "greater than 0"]),
    "an unknown budget": ("iterations", "iteration", ["did you mean 'iterations'?"]),
    "a lane that is none": ("owner", 'lanes = ["py311-tpu-*"]\nowner', ["no lane can match"]),
    "a cap without limits": (
        "owner",
        "cap = 25\nowner",
        ["canary.wine.cap", "limits for caps of 20, 30, 60, not 25"],
    ),
    "a name that is none": ("canary.wine", "canary.'Red Wine'", ["Red Wine"]),
    "another table": ("[canary.wine]", "[canaries.wine]", ["did you mean 'canary'?"]),
    "no TOML": ("[canary.wine]", "[canary.wine", ["line 2"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_named(folder, case):
    """A mistake is answered with its place, what is wrong, and the nearest name."""
    right, wrong, said = MISTAKES[case]
    assert right in GOOD
    message = refused(folder, GOOD.replace(right, wrong))
    for words in said:
        assert words in message


def test_several_mistakes_at_once(folder):
    """All mistakes of a file are reported in one go."""
    second = GOOD.replace("canary.wine", "canary.red").replace("0.06", "-1")
    message = refused(folder, GOOD.replace("owner", "ower").replace("12", "0") + second)
    for where in ("wine.ower", "wine.owner", "wine.budget.iterations", "red.metrics.log_loss"):
        assert where in message


def test_mistakes_of_every_kind_come_together(folder):
    """An unknown dataset, metric and lane of one canary are all named by their keys at once."""
    text = GOOD.replace('"wine"', '"win"').replace("log_loss", "log_los")
    message = refused(folder, text + 'lanes = ["py311-cpu-lokced"]\n')
    for key, near in (("dataset", "wine"), ("metrics", "log_loss"), ("lanes", "py311-cpu-locked")):
        assert f"canary.wine.{key}: " in message
        assert f"did you mean {near!r}?" in message


def test_a_file_that_is_no_text(folder):
    """Bytes that are no UTF-8 are a mistake of the suite, not a traceback."""
    (folder / "canaries.toml").write_bytes(b"# \xff\n" + GOOD.encode())
    with pytest.raises(SuiteError, match="utf-8"):
        read_suite(folder / "canaries.toml", DATASETS)


def test_the_suites_of_the_repository_are_right():
    """The shipped canaries read without a mistake."""
    from qualify.datasets.splits import BundledDatasets

    files = sorted((Path(__file__).parents[3] / "suites").glob("*/canaries.toml"))
    canaries = [c for f in files for c in read_suite(f, BundledDatasets().names())]
    assert len(canaries) > 10
    assert len({(c.suite, c.name) for c in canaries}) == len(canaries)
