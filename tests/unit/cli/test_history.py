"""`qualify history` from a folder with two judged builds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from qualify import cli
from qualify.core.errors import ExitCode
from tests import factories
from tests.histories import judged


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configured project whose work folder holds two judged builds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qualify.toml").write_text("[target]\nname = 'flaml'\n")
    for column in factories.grid().columns[:2]:
        judged(column, tmp_path / ".qualify" / "builds")
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Run the command; its exit code, output and errors."""

    def ran(*arguments: str, history: bool = True) -> tuple[int, str, str]:
        group = ["history"] if history else []
        monkeypatch.setattr(sys, "argv", ["qualify", *group, *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        shown = capsys.readouterr()
        return caught.value.code, shown.out, shown.err

    return ran


def test_what_was_judged_is_added_and_listed(run):
    """Without a folder every judged build is added; twice changes nothing."""
    code, out, _ = run("add")
    assert code == ExitCode.SHIP
    assert out.count(" added") == 2
    assert run("add")[1].count("was there") == 2
    code, out, _ = run("list", "--json")
    found = json.loads(out)
    assert [head["id"] for head in found["builds"]] == ["B0003", "B0002"]
    assert found["builds"][0]["counts"]["regressed"] == 1
    assert "2 builds, 9 rows" in run("list")[1]


def test_a_build_is_shown(run):
    """Its decision, what is not green and why, and the bundle."""
    run("add")
    code, out, _ = run("show", "B0003")
    assert code == ExitCode.SHIP
    assert "is held" in out
    assert "▼ quality/breast_cancer@py311-cpu-locked: regressed: log_loss is worse" in out
    (bundle,) = json.loads(run("show", "B0003", "--json")[1])["bundles"]
    assert bundle in out


def test_an_unknown_build_is_wrong_use(run):
    """The nearest name is offered."""
    run("add")
    code, _, err = run("show", "B0009")
    assert code == ExitCode.USAGE
    assert "did you mean" in err


def test_a_folder_that_is_none(run, folder):
    """What is neither a build nor a bundle is named."""
    code, _, err = run("add", str(folder))
    assert code == ExitCode.USAGE
    assert "neither a build's folder nor a bundle" in err


def test_a_torn_bundle_ends_1(run, folder):
    """Verifying names it, and the list still opens."""
    run("add")
    assert run("verify")[:2] == (
        ExitCode.SHIP,
        "every bundle is whole, and none disagrees with another\n",
    )
    path = next((folder / ".qualify" / "history").rglob("*.zip"))
    path.write_bytes(path.read_bytes()[:-10])
    code, out, _ = run("verify")
    assert code == ExitCode.HOLD
    assert out.startswith(f"torn: {path.stem}")
    code, out, _ = run("rebuild")
    assert code == ExitCode.SHIP
    assert out.startswith("1 bundle in the index\nleft out: bundle ")
    assert run("list")[1].splitlines()[-1].startswith("1 build, ")


def test_one_that_is_broken_keeps_no_other_out(run, folder):
    """What is whole is added; what is torn or renamed is named with its reason and remedy."""
    run("add", ".qualify/builds/B0003")
    whole = next((folder / ".qualify" / "history").rglob("*.zip"))
    torn, renamed = folder / whole.name, folder / "renamed.zip"
    data = bytearray(whole.read_bytes())
    renamed.write_bytes(data)
    torn.write_bytes(data[: len(data) // 2] + bytes(64) + data[len(data) // 2 + 64 :])
    code, out, err = run("add", torn.name, "renamed.zip", ".qualify/builds/B0002")
    assert code == ExitCode.INFRASTRUCTURE
    assert out.startswith("B0002 ")
    assert f"left out: {torn.name}: bundle {torn.name} is torn" in err
    assert "add the build again" in err
    assert "left out: renamed.zip: renamed.zip is not called by the digest" in err
    assert run("verify")[0] == ExitCode.SHIP


def test_a_bundle_that_is_torn_once_it_is_known_is_told(run, folder):
    """Its bytes are read whenever the history is verified, unpacked before or not."""
    run("add")
    run("list")
    path = next((folder / ".qualify" / "history").rglob("*.zip"))
    path.write_bytes(path.read_bytes()[:-10])
    code, out, _ = run("verify")
    assert code == ExitCode.HOLD
    assert out.startswith(f"torn: {path.stem}")
    assert run("grid", history=False)[0] == ExitCode.SHIP
    assert (folder / ".qualify" / "grid.html").stat().st_size


def test_the_index_is_rebuilt(run, folder):
    """From nothing but the bundles."""
    run("add")
    assert run("rebuild")[1] == "2 bundles in the index\n"
    assert json.loads(run("rebuild", "--json")[1]) == {"added": 2, "gone": 0, "torn": []}


def test_pruning_says_first_and_does_then(run):
    """Without --yes nothing is changed."""
    run("add")
    limits = ("--builds", "1", "--days", "0")
    assert "would be thinned" in run("prune", *limits)[1]
    assert "1 bundles would" in run("prune", *limits)[1]
    assert "1 bundles were thinned" in run("prune", *limits, "--yes")[1]
    assert "0 bundles would" in run("prune", *limits)[1]
    assert run("verify")[0] == ExitCode.SHIP


def test_tables_are_exported(run, folder):
    """One row a cell of both builds."""
    run("add")
    code, out, _ = run("export", "cells.csv")
    assert (code, out) == (ExitCode.SHIP, "cells.csv: 16 rows\n")
    assert (folder / "cells.csv").read_text().count("\n") == 17
    assert run("export", "cells.doc")[0] == ExitCode.USAGE


def test_bundles_are_carried_to_a_folder_and_back(run, folder):
    """What is there is not carried again."""
    run("add")
    assert run("push", "elsewhere")[1] == "2 bundles carried\n"
    assert run("push", "elsewhere")[1] == "0 bundles carried\n"
    (folder / "qualify.toml").write_text("[target]\nname='flaml'\n[history]\nurl='other'\n")
    assert run("list")[1].endswith("0 builds, 0 rows\n")
    assert run("pull", "elsewhere")[1] == "2 bundles carried\n"
    assert run("list")[1].endswith("2 builds, 9 rows\n")


def test_a_history_that_cannot_be_written_keeps_nobody_from_deciding(run, folder, capsys):
    """Judging goes on, says what is missing, and what adds it later."""
    from qualify.config import Config
    from qualify.storing.builds import BuildFolder
    from qualify.verbs.history import record
    from qualify.wiring import Context

    (folder / "blocked").write_text("a file where a folder should be")
    told: list[str] = []
    config = Config.model_validate({"history": {"url": "blocked"}})
    record(Context(config, folder, told.append), BuildFolder(folder / ".qualify/builds/B0003"))
    assert told[0].startswith("B0003 is not in the history: cannot write")
    assert "qualify history add" in told[1]


@pytest.mark.parametrize("verb", ["list", "show", "add", "prune", "verify", "rebuild", "export"])
def test_every_verb_has_examples(run, verb):
    """The help of each shows how it is used."""
    code, out, _ = run(verb, "--help")
    assert code == ExitCode.SHIP
    assert f"qualify history {verb}" in out
