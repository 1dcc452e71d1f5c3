"""The benchmark that qualifies releases against themselves."""

import json

import pytest

from benchmarks import same_release
from benchmarks.same_release import PACKAGES, counted, main
from qualify.adapters import describe, names


def test_skipped_cells_are_not_counted():
    """A cell that never ran could not have been red."""
    cells = {"a": "passed", "b": "failed", "c": "skipped", "d": "inconclusive", "e": "timeout"}
    count, red = counted({"cells": cells})
    assert (count.failed, count.total, red) == (2, 4, ["b", "e"])


def test_what_was_decided_is_not_run_again(tmp_path, monkeypatch, capsys):
    """Kept decisions are counted over packages and rounds, as goals and line by line."""
    monkeypatch.setattr(same_release, "WORK", tmp_path)
    monkeypatch.setattr(same_release, "_run", pytest.fail)
    cells = {f"c{number}": "passed" for number in range(400)}
    for number in same_release.ROUNDS:
        folder = tmp_path / "flaml"
        folder.mkdir(exist_ok=True)
        kept = {"decision": "ship", "cells": cells, "trainings": 7}
        (folder / f"decided-{number}.json").write_text(json.dumps(kept))
    main(["flaml", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert [run["counts"] for run in said["runs"]] == [{"passed": 400}] * 2
    assert said["goals"][0]["met"]


def test_nothing_decided_is_no_result(tmp_path, monkeypatch):
    """Without a kept decision there is no share of red cells to tell."""
    monkeypatch.setattr(same_release, "WORK", tmp_path)
    with pytest.raises(SystemExit, match="nothing was decided yet"):
        main(["--decided"])


def test_an_unknown_package_is_named(capsys):
    """The error lists the packages that there are."""
    with pytest.raises(SystemExit):
        main(["flalm"])
    assert "no package flalm; there are flaml, " in capsys.readouterr().err


def test_each_package_has_an_adapter():
    """A package's name is its adapter's, which knows its distribution."""
    known = {name: describe(name).distribution.lower() for name in names()}
    assert {one.name: one.distribution.lower() for one in PACKAGES} == known
