from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qualify.core.attempt import Outcome
from qualify.core.baseline import Baseline, Repeats, Replicate, Spread
from qualify.core.candidate import Provenance
from qualify.core.errors import BaselineError
from qualify.core.matrix import Lane
from qualify.storing.baselines import BaselineFolder, parse

LANE = Lane("3.11")
MADE = Provenance("x==1", "index", None, "sha", "3.11.7", "Linux", "cpu", "0.1", "2025-01-01")
ROWS = (
    Replicate("wine", 0, "d0", Outcome.OK, "p0", {"log_loss": 0.1 + 0.2, "auc": 0.9}),
    Replicate("wine", 1, "d1", Outcome.CRASHED, None, {}),
)
SPREADS = (
    Spread("wine", "log_loss", "nat", "lower", 50, 0.1 + 0.2, None),
    Spread("wine", "auc", "", "higher", 50, 0.01, 0.75),
)
REPEATS = (Repeats("wine", 2, 3), Repeats("iris", 3, 3, 0.04))
LOCK = ("numpy==2.1.0",)
BASELINE = Baseline("tinyml", "1.0", str(LANE), MADE, LOCK, ROWS, SPREADS, REPEATS)
LINES = ("header", "lock", "spread", "spread", "repeats", "repeats", "row", "row")
ROW, SPREAD = LINES.index("row") + 1, LINES.index("spread") + 1


@pytest.fixture
def shelf(tmp_path: Path) -> BaselineFolder:
    return BaselineFolder(tmp_path)


@pytest.fixture
def path(shelf: BaselineFolder) -> Path:
    return shelf.write(BASELINE)


def refused(path: Path) -> str:
    with pytest.raises(BaselineError) as caught:
        parse(path)
    assert caught.value.remedy
    return caught.value.message


def changed(path: Path, number: int, **values: object) -> str:
    """Change a line's values and say what the reader says."""
    lines = path.read_text().splitlines()
    lines[number - 1] = json.dumps({**json.loads(lines[number - 1]), **values})
    path.write_text("\n".join(lines) + "\n")
    return refused(path)


def test_a_baseline_comes_back(shelf, path):
    """What was written is read as it was, at the place of its target, version and lane."""
    assert path == shelf.root / "tinyml" / "1.0" / f"{LANE}.jsonl"
    assert shelf.read("tinyml", "1.0", LANE) == BASELINE


def test_one_value_a_line(path):
    """A diff shows what changed: header, lock, spreads, repeats and replicates stand alone."""
    assert len(path.read_text().splitlines()) == len(LINES)


def test_resources_are_not_stored(shelf):
    """Seconds and memory of another machine are never written, so never judged."""
    row = replace(ROWS[0], metrics={"log_loss": 0.1, "fit_seconds": 1.0, "peak_rss_mb": 9.0})
    shelf.write(replace(BASELINE, replicates=(row,)))
    assert shelf.read("tinyml", "1.0", LANE).replicates[0].metrics == {"log_loss": 0.1}


def test_there_may_be_none(shelf):
    """A version or lane that nobody recorded has no baseline."""
    assert shelf.read("tinyml", "2.0", LANE) is None


def test_replicates_come_by_canary_and_seed(shelf):
    """A canary's replicates are in the order of their seeds, whatever the file's."""
    shelf.write(replace(BASELINE, replicates=ROWS[::-1]))
    found = shelf.read("tinyml", "1.0", LANE)
    assert [r.seed for r in found.of("wine")] == [0, 1]
    assert found.of("iris") == ()


@pytest.mark.parametrize("line", ["{", "", "[]", '{"lock": 3}', '{"canary": "wine"}', "1"])
def test_a_broken_line_names_file_and_line(path, line):
    """What is wrong is said with the file and the number of its line."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], line, *lines[3:]]))
    assert f"{path}:3: " in refused(path)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_second_header_is_refused(path, version):
    """Replicates of two versions or lanes in one file are mixed: the line is named."""
    lines = path.read_text().splitlines()
    second = json.dumps({**json.loads(lines[0]), "version": version, "lane": "py312-cpu-locked"})
    path.write_text("\n".join([*lines, second, lines[-1]]) + "\n")
    message = refused(path)
    assert f"{path}:{len(lines) + 1}: a second baseline begins ({version} on py312" in message


MISTAKES = {
    "an unknown key": ({"colour": "red"}, f":{ROW}: "),
    "a negative seed": ({"seed": -1}, f":{ROW}: "),
    "a seed that is text": ({"seed": "zero"}, f":{ROW}: "),
    "an unknown outcome": ({"outcome": "fine"}, f":{ROW}: "),
    "an unknown metric": ({"metrics": {"beauty": 1.0}}, "beauty"),
    "not a number": ({"metrics": {"log_loss": float("nan")}}, "log_loss"),
    "infinite": ({"metrics": {"log_loss": float("inf")}}, "log_loss"),
    "a doubled seed": ({"seed": 1}, "canary wine, seed 1: stands there twice"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_named(path, case):
    """A value that cannot be is refused by name."""
    values, said = MISTAKES[case]
    message = changed(path, ROW, **values)
    assert str(path) in message
    assert said in message


SPREAD_MISTAKES = {
    "another unit": ({"unit": "bit"}, "recorded in 'bit', lower is better; the metric is in 'nat'"),
    "another direction": ({"direction": "higher"}, "higher is better; the metric is in 'nat', low"),
    "an unknown metric": ({"metric": "logloss"}, "did you mean 'log_loss'?"),
    "one replicate": ({"m": 1}, f":{SPREAD}: "),
    "a negative scale": ({"scale": -0.1}, f":{SPREAD}: "),
    "a scale of NaN": ({"scale": float("nan")}, f":{SPREAD}: "),
    "no correlation": ({"correlation": 1.5}, f":{SPREAD}: "),
    "an unknown key": ({"colour": "red"}, f":{SPREAD}: "),
}


@pytest.mark.parametrize("case", SPREAD_MISTAKES)
def test_each_mistake_of_a_spread_is_named(path, case):
    """A spread in another unit or direction belongs to another metric, and is refused."""
    values, said = SPREAD_MISTAKES[case]
    message = changed(path, SPREAD, **values)
    assert str(path) in message
    assert said in message


@pytest.mark.parametrize("text", ["", "\n", '{"lock": "numpy==2.1.0"}\n'])
def test_the_first_line_names_the_baseline(path, text):
    """A file that does not begin with its header is none."""
    path.write_text(text)
    assert ":1:" in refused(path)


def test_no_text(path):
    """Bytes that are no UTF-8 are refused."""
    path.write_bytes(path.read_bytes() + b"\xff\n")
    assert "not UTF-8" in refused(path)


@pytest.mark.parametrize(
    "other", [("lightml", "1.0", LANE), ("tinyml", "1.1", LANE), ("tinyml", "1.0", Lane("3.12"))]
)
def test_a_baseline_of_something_else(shelf, path, other):
    """A file in another target's, version's or lane's place is not believed."""
    place = shelf.path(*other)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(path.read_bytes())
    with pytest.raises(BaselineError, match=r"holds the baseline of tinyml 1\.0 on py311"):
        shelf.read(*other)


def test_the_shipped_baselines_are_right():
    """Every baseline of the repository reads, from its own place."""
    root = Path(__file__).parents[3] / "baselines"
    found = sorted(root.glob("*/*/*.jsonl"))
    assert found
    for file in found:
        target, version, lane = file.relative_to(root).with_suffix("").parts
        assert BaselineFolder(root).read(target, version, Lane.parse(lane)).replicates
