"""`compare`, `explain`, `grid` and `publish` on recorded builds of a released package."""

from __future__ import annotations

import importlib
import io
import json
import tarfile
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from qualify import cli
from qualify.core.errors import ConfigError
from qualify.storing.builds import BuildFolder
from qualify.storing.history.bundle import pack

HOME = Path(__file__).parents[3]
RELEASES = HOME / "docs" / "releases" / "flaml"
BUILDS = ("B0005", "B0006", "B0007")
CELL = "robustness/refuses_nan_targets@py311-cpu-locked"


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with three builds; only to be read."""
    folder = tmp_path_factory.mktemp("work")
    with tarfile.open(RELEASES / "builds.tar.xz") as packed:
        wanted = [m for m in packed.getmembers() if m.name.split("/")[1] in BUILDS]
        packed.extractall(folder, wanted, filter="data")
    return folder


def ran(work: Path, verb: str, *arguments: str) -> Result:
    given = ("--config", str(RELEASES / "qualify.toml"), "--work", str(work))
    out = CliRunner().invoke(cli.cli, [verb, *arguments, *given], standalone_mode=False)
    if out.exception and not isinstance(out.exception, ConfigError):
        raise out.exception
    return out


def shown(monkeypatch: pytest.MonkeyPatch, module: str, width: int) -> io.StringIO:
    """What a verb prints on a terminal of that width."""
    out = io.StringIO()
    target = importlib.import_module(f"qualify.cli.{module}")
    monkeypatch.setattr(target, "_OUT", Console(file=out, width=width))
    return out


@pytest.mark.parametrize("width", [80, 120])
def test_compare_shows_what_sets_builds_apart(work, monkeypatch, width):
    """Builds are named by id, version or spec; what differs is shown within the width."""
    out = shown(monkeypatch, "compare", width)
    assert ran(work, "compare", "B0005", "2.2.0", "flaml==2.3.0").return_value == 0
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    assert "B0006 2.2.0, B0007 2.3.0 against B0005 2.1.2" in words
    assert "6 of 131 cells do not stand alike" in words
    assert "version = wheel" in words


def test_compare_prints_json(work):
    """Every number of the comparison, and the factors with their shares."""
    found = json.loads(ran(work, "compare", "B0005", "B0007", "--json").output)
    assert [one["id"] for one in found["builds"]] == ["B0005", "B0007"]
    assert {"version", "suites"} <= {name for one in found["factors"] for name in one["names"]}
    assert len(found["metrics"]) > 100
    assert found["units"] == [f"{b} on py311-cpu-locked" for b in ("B0005", "B0007")]


def test_compare_writes_a_page(work, tmp_path):
    """A page of its own, without scripts."""
    page = tmp_path / "compare.html"
    ran(work, "compare", "B0005", "B0006", "--html", str(page))
    text = page.read_text()
    assert "B0006 2.2.0 against B0005 2.1.2" in text
    assert "<script" not in text


def test_compare_reads_folders_and_bundles(work, tmp_path):
    """A build that lies elsewhere is named by its path, packed or not."""
    packed = pack(BuildFolder(work / "builds" / "B0006"), tmp_path).path
    folder = work / "builds" / "B0005"
    found = json.loads(ran(work, "compare", str(folder), str(packed), "--json").output)
    assert [one["version"] for one in found["builds"]] == ["2.1.2", "2.2.0"]


def test_unknown_builds_are_answered_with_the_nearest(work):
    """A mistake in a name costs one look."""
    for arguments in (("compare", "B0005", "B00O6"), ("explain", CELL, "--build", "B00O6")):
        error = ran(work, *arguments).exception
        assert "there is no build 'B00O6'" in error.message
        assert "did you mean 'B000" in error.remedy


def test_one_build_is_nothing_to_compare(work):
    """Two builds are the least."""
    out = CliRunner().invoke(cli.cli, ["compare", "B0005"])
    assert out.exit_code == 2
    assert "name two builds or more" in out.output


def test_explain_says_the_sentence_of_the_panel(work, monkeypatch):
    """Status, sentence, rule, owner and the command that shows it again, of the named build."""
    out = shown(monkeypatch, "explain", 80)
    ran(work, "explain", CELL, "--build", "B0006")
    told = json.loads(ran(work, "explain", CELL, "--build", "B0006", "--json").output)
    words = " ".join(out.getvalue().split())
    assert f"failed: {told['sentence']}" in words
    assert told["reproduce"] in words
    assert (told["status"], told["code"], told["last_green"]) == ("failed", "C003", "B0005")


def test_explain_takes_the_newest_build_and_a_glob(work):
    """Without a build the newest that knows the cell is meant; a glob may name it."""
    told = json.loads(ran(work, "explain", "*linear_halves@*", "--json").output)
    assert told["build"] == "B0007"
    assert told["metrics"][0]["shown"]["margin"] == "0.05 nat"
    assert len(told["attempts"]) == told["trainings"] == 10


def test_explain_wants_one_cell(work):
    """A glob that fits several names some; a name that fits none gets the nearest."""
    many = ran(work, "explain", "quality/*").exception
    assert many.message.startswith("'quality/*' fits 13 cells: quality/")
    none = ran(work, "explain", "qualiti/friedman1@py311-cpu-locked").exception
    assert none.remedy == "did you mean 'quality/friedman1@py311-cpu-locked'?"


def test_the_grid_is_printed_as_numbers(work):
    """As JSON and as CSV, and then no page is written."""
    found = json.loads(ran(work, "grid", "--json").output)
    assert found["builds"] == list(reversed(BUILDS))
    lines = ran(work, "grid", "--csv").output.splitlines()
    assert lines[0].startswith("target,build,version")
    assert len(lines) == 1 + 3 * len(found["rows"])
    assert not (work / "grid.html").exists()


def test_the_grid_is_shown_in_the_terminal(work, monkeypatch):
    """Quiet suites are a line each; `--all` shows every row."""
    out = shown(monkeypatch, "commands", 80)
    ran(work, "grid", "--terminal")
    folded = out.getvalue()
    assert "quality: 13 cells" in folded
    ran(work, "grid", "--terminal", "--all")
    assert "quality/friedman1 " in out.getvalue()[len(folded) :]


def test_publish_writes_all_of_it(work, tmp_path):
    """Page, badge, feed, tables and reports, each of which can be read."""
    site = tmp_path / "site"
    out = ran(work, "publish", "--out", str(site), "--build", "B0006", "--annotate")
    assert out.output.splitlines()[0].startswith("::notice title=flaml 2.2.0 hold::HOLD: 4 of 194")
    names = {path.name for path in site.iterdir()}
    assert names >= {
        *("index.html", "badge.svg", "feed.xml", "grid.csv", "junit.xml", "results.sarif"),
        *("summary.md", "api"),
    }
    for name in ("badge.svg", "feed.xml", "junit.xml"):
        ET.parse(site / name)  # noqa: S314 -- our own files
    assert "- **4 newly red**: robustness/" in (site / "summary.md").read_text()
    api = site / "api" / "v1"
    known = json.loads((api / "schema.json").read_text())
    details = json.loads((api / "builds" / "B0006.json").read_text())
    jsonschema.validate(details, {**known, "$ref": "#/$defs/BuildDetails"})
    log = json.loads((site / "results.sarif").read_text())
    assert sum(one["level"] == "error" for one in log["runs"][0]["results"]) == 4


def test_publish_knows_its_builds(work, tmp_path):
    """A build that is not there is answered with the nearest, and nothing is written."""
    error = ran(work, "publish", "--out", str(tmp_path / "x"), "--build", "B0O06").exception
    assert "did you mean" in error.remedy
    assert not (tmp_path / "x").exists()
