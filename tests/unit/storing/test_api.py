"""The static JSON interface: documents as their schema says, whatever the names are."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from qualify.core.atlas import Atlas
from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.grid import Grid
from qualify.core.overview import overview
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.storing.api import dumped, matrix, schema, write_api
from tests.factories import CELLS, build, column, grid, square

NOW = "2025-03-05T00:00:00+00:00"
ROW = CELLS[3].id
STEP = ChangePoint(
    *(ROW, "log_loss", "B0003", (("B0003", 0.9),), ("B0002", "B0003")),
    *(0.05, (0.02, 0.08), 0.3, 0.35, 0.99),
)
KINDS = {"index": "Index", "builds": "Builds", "rows": "Rows", "grid": "Matrix"}


def atlas(of: Grid) -> Atlas:
    return Atlas(
        summed(of), of.columns, changes={ROW: (STEP,)}, bad={ROW: FirstBad(ROW, "B0001", "B0003")}
    )


def read(folder: Path) -> dict[str, dict]:
    """Every document by its path, each valid."""
    home, found = folder / "v1", {}
    known = json.loads((home / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(known)
    for path in sorted(home.rglob("*.json")):
        name = str(path.relative_to(home))
        if name != "schema.json":
            kind = KINDS.get(path.stem, "BuildDetails") if path.parent == home else "BuildDetails"
            found[name] = json.loads(path.read_text(), parse_constant=pytest.fail)
            jsonschema.validate(found[name], {**known, "$ref": f"#/$defs/{kind}"})
    return found


def test_every_document_is_as_its_schema_says(tmp_path: Path):
    """The index names the files, builds name their details, and all of them are there."""
    assert write_api(atlas(grid()), NOW, tmp_path) == tmp_path / "v1" / "index.json"
    found = read(tmp_path)
    assert found["index.json"]["newest"] == "B0003"
    assert set(found["index.json"]["files"].values()) <= {*found, "schema.json"}
    urls = [one["url"] for one in found["builds.json"]["builds"]]
    assert urls == ["builds/B0003.json", "builds/B0002.json", "builds/B0001.json"]
    assert set(urls) <= set(found)


def test_the_matrix_is_the_grid(tmp_path: Path):
    """A list for each row with an entry for each build; unknown numbers are null."""
    write_api(atlas(grid()), NOW, tmp_path)
    found, of = read(tmp_path)["grid.json"], summed(grid())
    for at, row in enumerate(of.rows):
        points = [point for _, point in of.history(at)]
        assert found["rows"][at] == row.id
        assert found["statuses"][at] == [point.status.value for point in points]
        assert found["trainings"][at] == [point.trainings for point in points]
        known = [None if point.value != point.value else point.value for point in points]
        assert found["values"][at] == known


def test_details_hold_the_evidence(tmp_path: Path):
    """A build's file has its decision, its cells' verdicts, and every attempt."""
    write_api(atlas(grid()), NOW, tmp_path)
    found = read(tmp_path)["builds/B0003.json"]
    assert found["decision"]["answer"] == "hold"
    (cell,) = (one for one in found["cells"] if one["id"] == ROW)
    assert cell["verdict"]["status"] == "regressed"
    assert cell["verdict"]["metrics"][0]["effect"] == pytest.approx(0.058)
    assert len(cell["attempts"]) == 8
    assert "log_tail" not in cell["attempts"][0]


def test_rows_say_where_they_changed(tmp_path: Path):
    """Change points and the first bad build stand with their row."""
    write_api(atlas(grid()), NOW, tmp_path)
    (row,) = (one for one in read(tmp_path)["rows.json"]["rows"] if one["head"]["id"] == ROW)
    assert row["changes"][0]["build"] == "B0003"
    assert row["bad"]["good"] == "B0001"


def test_builds_without_details_have_no_address(tmp_path: Path):
    """A long history is listed whole, with details of the newest builds only."""
    few = dataclasses.replace(atlas(grid()), columns=grid().columns[:1])
    write_api(few, NOW, tmp_path)
    urls = [one["url"] for one in read(tmp_path)["builds.json"]["builds"]]
    assert urls == ["builds/B0003.json", None, None]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", ".", "..", "a b?#%", "漢字"])
def test_no_name_leaves_the_folder(name: str, tmp_path: Path):
    """Whatever a build is called, its file lies in `builds` and its address finds it."""
    of = Grid("x", (column(build(name, "1", "2025-01-01"), "ship", square(CELLS[3])),))
    home = tmp_path / "api"
    write_api(Atlas(summed(of), of.columns), NOW, home)
    (url,) = (one["url"] for one in read(home)["builds.json"]["builds"])
    assert (home / "v1" / url).is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["api"]


def test_numbers_that_are_none_are_null(tmp_path: Path):
    """NaN and infinity, which JSON does not know, are null, and the schema allows it."""
    one = square(CELLS[3], Status.REGRESSED)
    metric = dataclasses.replace(
        one.verdict.metrics[0], interval=(float("-inf"), float("nan")), candidate=(float("nan"),)
    )
    verdict = dataclasses.replace(one.verdict, metrics=(metric,))
    of = Grid(
        "x",
        (
            column(
                build("B1", "1", "2025-01-01"), "hold", dataclasses.replace(one, verdict=verdict)
            ),
        ),
    )
    write_api(Atlas(summed(of), of.columns), NOW, tmp_path)
    (cell,) = read(tmp_path)["builds/B1.json"]["cells"]
    assert cell["verdict"]["metrics"][0]["interval"] == [None, None]


def test_an_empty_history_has_an_index(tmp_path: Path):
    """Nothing is there, and all documents say so."""
    write_api(Atlas(overview("x", (), (), {})), NOW, tmp_path)
    assert read(tmp_path)["index.json"]["newest"] is None


def test_the_schema_explains_its_documents():
    """Every document has words, and is named as in the code."""
    made = schema()["$defs"]
    assert all(made[name].get("description") for name in KINDS.values())
    assert made["Status"]["enum"] == [status.value for status in Status]
    assert json.loads(dumped(matrix(summed(grid()))))["target"] == "flaml"
