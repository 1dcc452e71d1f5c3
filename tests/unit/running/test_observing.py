"""What a probe left is read line by line, and believed as little as possible."""

from __future__ import annotations

import json

import pytest

from qualify.core.attempt import Observation
from qualify.running import observing
from qualify.running.observing import observations


def written(folder, *lines: object):
    path = folder / "observations.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_an_experiment_that_ended(tmp_path):
    """Its value, its error and its CPU seconds are kept."""
    path = written(
        tmp_path,
        {"name": "rows"},
        {"name": "rows", "value": [1, 2], "seconds": 0.5},
        {"name": "nan"},
        {"name": "nan", "error": "ValueError", "message": "no", "kinds": ["ValueError"]},
    )
    assert observations(path, "crashed") == (
        Observation("rows", value=[1, 2], seconds=0.5),
        Observation("nan", error="ValueError", message="no", kinds=("ValueError",)),
    )


@pytest.mark.parametrize("how", ["crashed", "timeout", "memory", "output"])
def test_the_experiment_in_which_the_process_ended(tmp_path, how):
    """An experiment that began and did not end has the end of the process for its error."""
    path = written(tmp_path, {"name": "rows"}, {"name": "rows", "value": 1}, {"name": "huge"})
    assert observations(path, how)[-1] == Observation("huge", error=how)


def test_a_process_that_left_nothing(tmp_path):
    """Nothing was seen."""
    assert observations(tmp_path / "observations.jsonl", "crashed") == ()


def test_lines_that_are_no_observations_are_left_out(tmp_path):
    """A candidate that writes into the file spoils its own lines only."""
    path = written(tmp_path, {"name": "rows"}, {"name": "rows", "value": 1}, ["name"], {"x": 1})
    path.write_text(path.read_text() + '{"name": "half\n' + "[" * 100_000 + "\n")
    assert [o.name for o in observations(path, "crashed")] == ["rows"]


def test_seconds_and_words_that_are_none(tmp_path):
    """Forged kinds of values become empty ones, and half of a surrogate pair a question mark."""
    line = {"name": "rows", "seconds": "many", "kinds": 3, "message": "\ud800"}
    assert observations(written(tmp_path, line), "crashed") == (Observation("rows", message="?"),)


def test_a_flood_of_observations_is_cut(tmp_path, monkeypatch):
    """No more is read than the limit says."""
    monkeypatch.setattr(observing, "LIMIT", 200)
    lines = [{"name": f"number {n}", "value": n} for n in range(100)]
    assert 0 < len(observations(written(tmp_path, *lines), "crashed")) < 10
