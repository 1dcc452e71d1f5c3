from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from qualify.core.errors import ConfigError
from qualify.core.grid import Column, Grid
from qualify.core.overview import Overview
from qualify.core.summing import summed
from qualify.core.verdict import Status
from qualify.storing.builds import BuildFolder
from qualify.storing.history.bundle import pack
from qualify.storing.history.checking import troubles
from qualify.storing.history.duck import DuckEngine
from qualify.storing.history.engine import Session
from qualify.storing.history.exporting import export
from qualify.storing.history.history import History
from qualify.storing.history.manifest import SCHEMA
from qualify.storing.history.retention import Retention, thin
from qualify.storing.history.shelf import Shelf
from tests import factories
from tests.histories import attempted, events, judged, one, square, write_ledger
from tests.unit.storing.test_history_bundles import rewritten

RED, GREEN, LOST = Status.FAILED, Status.PASSED, Status.LOST


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.open(tmp_path / "history", cache=tmp_path / "cache")


@pytest.fixture
def add(history, tmp_path):
    """Add a column as a build that another machine, `where`, judged."""

    def added(column: Column, identity: str = "", where: str = "here", at: str = "") -> BuildFolder:
        shutil.rmtree(tmp_path / where / column.build.id, ignore_errors=True)
        folder = judged(column, tmp_path / where, identity, at)
        history.add(folder)
        return folder

    return added


def ids(overview: Overview) -> list[str]:
    return [head.id for head in overview.builds]


def drawn(overview: Overview) -> str:
    """An overview so that NaN equals NaN."""
    return repr(overview)


def status(overview: Overview, build: str, row: str) -> Status:
    rows = [head.id.partition("@")[0] for head in overview.rows]
    return overview.point(rows.index(row), ids(overview).index(build)).status


def test_the_overview_is_that_of_the_grid(history, add):
    """Every number that the index gives is the one that columns give."""
    grid = factories.grid()
    for column in grid.columns:
        add(column)
    expected, found = summed(grid), history.overview("flaml")
    assert (ids(found), found.rows, found.statuses) == (
        ids(expected),
        expected.rows,
        expected.statuses,
    )
    assert str((found.values, found.losses)) == str((expected.values, expected.losses))
    assert (found.trainings, found.seconds) == (expected.trainings, expected.seconds)
    heads = [replace(h, bundle="", identity="") for h in found.builds]
    assert heads == [replace(h, seconds=pytest.approx(h.seconds)) for h in expected.builds]


def test_columns_come_back(history, add):
    """What the grid knows of a build is read from its bundle."""
    grid = factories.grid()
    for column in grid.columns:
        add(column)
    assert history.columns("flaml") == tuple(
        replace(column, build=history.build_record(column.build.id)) for column in grid.columns
    )
    assert history.column("B0002").squares == grid.columns[1].squares
    assert history.targets() == ("flaml",)


def test_an_empty_history_is_no_error(history):
    """Without a bundle there is nothing, and what is asked for says so."""
    assert history.overview("flaml") == summed(Grid("flaml", ()))
    assert history.targets() == ()
    with pytest.raises(ConfigError, match="no build 'B0001'") as caught:
        history.column("B0001")
    assert "qualify history add" in caught.value.remedy


def test_a_bundle_twice_is_one(history, add):
    """Adding what is there changes nothing and says so."""
    folder = add(one("B0001", square("wine")))
    again = history.add(folder)
    assert not again.new
    assert again.build == "B0001"
    assert len(history.shelf.all()) == 1


@pytest.fixture
def five(add):
    for day in range(1, 6):
        name = f"B{day:04}"
        add(one(name, square("wine"), square(f"only_{day}"), day=f"2025-01-{day:02}"))


@pytest.mark.parametrize(
    ("limits", "builds"),
    [
        ({"builds": 2}, ["B0005", "B0004"]),
        ({"since": "2025-01-04"}, ["B0005", "B0004"]),
        ({"builds": None}, ["B0005", "B0004", "B0003", "B0002", "B0001"]),
        ({"builds": 1, "since": "2026"}, []),
    ],
)
def test_builds_are_limited(history, five, limits, builds):
    """The newest, those since a time, or all of them; rows are those that they have."""
    found = history.overview("flaml", **limits)
    assert ids(found) == builds
    assert {r.name for r in found.rows} == {"wine", *(f"only_{int(b[1:])}" for b in builds)} - (
        set() if builds else {"wine"}
    )


def test_rows_are_chosen_by_globs(history, five):
    """The globs of the command line choose rows; totals stay those of the whole build."""
    some = history.overview("flaml", rows=("*/only_*", "!*only_3*"))
    assert [row.name for row in some.rows] == ["only_5", "only_4", "only_2", "only_1"]
    assert some.builds == history.overview("flaml").builds


def test_lanes_of_two_machines_are_one_build(history, add):
    """Bundles of one build are united by cell, and the worst answer is the build's."""
    add(one("B0001", square("wine")), "same", "here")
    add(one("B0007", square("iris", RED), answer="hold"), "same", "there")
    found = history.overview("flaml")
    assert ids(found) == ["B0001"]
    assert found.builds[0].answer == "hold"
    assert found.builds[0].trainings == 4
    assert status(found, "B0001", "robustness/wine") is GREEN
    assert status(found, "B0001", "robustness/iris") is RED
    column = history.column("B0001")
    assert summed(Grid("flaml", (column,))).statuses in {found.statuses, found.statuses[::-1]}
    assert column.decision.counts == {"passed": 1, "failed": 1}
    assert history.read("flaml").disagreements == ()


def test_a_run_that_goes_on_replaces_what_it_said(history, add, tmp_path):
    """A later bundle of the same ledger is news, not a contradiction."""
    before = one("B0001", square("wine", LOST), square("iris"), answer="inconclusive")
    folder = add(before, "same", at="2025-01-01T10:00:00+00:00")
    after = one("B0001", square("wine"))
    write_ledger(folder, events(after, "2025-01-01T09:00:00+00:00"))  # its clock ran backwards
    folder.save_decision(after.decision)
    history.add(folder)
    read = history.read("flaml")
    assert status(read.overview, "B0001", "robustness/wine") is GREEN
    assert read.overview.builds[0].answer == "ship"
    assert read.disagreements == ()
    assert len(read.standing["B0001"]) == 1


def test_bundles_that_disagree_are_told(history, add):
    """Two machines that judge a cell otherwise: the newer is shown, and both are named."""
    add(one("B0001", square("wine")), "same", "here", "2025-01-01T10:00:00+00:00")
    red = one("B0001", square("wine", RED), answer="hold")
    add(red, "same", "there", "2025-01-01T11:00:00+00:00")
    read = history.read("flaml")
    assert status(read.overview, "B0001", "robustness/wine") is RED
    (found,) = read.disagreements
    assert (found.newer_status, found.older_status) == ("failed", "passed")
    assert found.cell.startswith("robustness/wine@")
    (trouble,) = (t for t in troubles(history) if t.kind == "disagreement")
    assert trouble.where == "B0001"
    assert found.newer[:12] in trouble.reason


def test_one_name_of_two_builds_is_told_apart(history, add):
    """Two machines number their own builds: the later B0001 bears a part of its identity."""
    add(one("B0001", square("wine")), "aaaa11", "here")
    add(one("B0001", square("wine", RED), day="2025-01-02", answer="hold"), "bbbb22", "there")
    add(one("B0001", square("wine"), day="2025-01-03"), "bbbb33", "elsewhere")
    found = history.overview("flaml")
    assert ids(found) == ["B0001~bbbb3", "B0001~bbbb2", "B0001"]
    assert status(found, "B0001~bbbb2", "robustness/wine") is RED
    assert history.column("B0001~bbbb2").build.id == "B0001~bbbb2"
    assert ids(history.overview("flaml", builds=1)) == ["B0001~bbbb3"]


def test_targets_do_not_mix(history, add):
    """Builds of another target are in the same history, and not in the same grid."""
    add(one("B0001", square("wine")))
    other = one("B0001", square("wine", RED), answer="hold")
    folder = judged(other, Path(history.shelf.root).parent / "other", "other")
    folder.save_plan(replace(folder.plan(), target="tpot"))
    history.add(folder)
    assert history.targets() == ("flaml", "tpot")
    assert ids(history.overview("flaml")) == ids(history.overview("tpot")) == ["B0001"]
    assert history.column("B0001", "tpot").squares.keys() == other.squares.keys()


def test_a_renamed_row_keeps_its_history(tmp_path, history, add):
    """Squares under the old name are in the row of the new; where both are, the new counts."""
    add(one("B0001", square("old", RED), day="2025-01-01"))
    add(one("B0002", square("old", RED), square("new"), day="2025-01-02"))
    add(one("B0003", square("new"), day="2025-01-03"))
    table = {"robustness/older": "robustness/old", "robustness/old": "robustness/new"}
    renamed = History.open(tmp_path / "history", cache=tmp_path / "cache", renames=table)
    found = renamed.overview("flaml")
    assert [row.name for row in found.rows] == ["new"]
    assert [p.status for _, p in found.history(0)] == [GREEN, GREEN, RED]
    assert summed(Grid("flaml", renamed.columns("flaml"))).statuses == found.statuses
    assert len(history.overview("flaml").rows) == 2


def test_renames_that_go_round_are_refused(tmp_path):
    """A ring of names has no last one."""
    with pytest.raises(ConfigError, match="a/b -> a/c -> a/b"):
        History.open(tmp_path, renames={"a/b": "a/c", "a/c": "a/b"})


NAMES = [
    "a'b\"c",
    "x;DROP TABLE results",
    "名前 ñ 🦄",
    "a@b",
    "a/b/c",
    "<script>",
    "back\\slash",
    " ",
]


def test_names_of_every_kind(history, add):
    """Whatever characters a row's name has, it comes back."""
    column = one("B'0--1", *(square(name) for name in NAMES))
    add(column)
    found = history.overview("flaml")
    assert [row.name for row in found.rows] == NAMES
    assert [row.id for row in found.rows] == list(column.squares)
    assert history.column("B'0--1").squares == column.squares


def test_a_series_has_the_raw_values(history, add):
    """Per build the seeds, values, mean and spread of a metric, the newest first."""
    grid = factories.grid()
    for column in grid.columns:
        add(column)
    row = "quality/breast_cancer@py311-cpu-locked"
    found = history.series("flaml", row)
    assert [one_.build for one_ in found] == ["B0003", "B0001"]
    (evidence,) = grid.columns[0].squares[row].verdict.metrics
    assert found[0].values == evidence.candidate
    assert found[0].seeds == evidence.seeds
    assert (found[0].low, found[0].high) == evidence.interval
    assert found[0].mean == pytest.approx(sum(evidence.candidate) / 8)
    assert history.series("flaml", row, "log_loss") == found
    assert history.series("flaml", row, "auc") == ()


def test_a_torn_bundle_is_left_out_and_told(tmp_path, add):
    """The rest of the history is read; adding the build again mends it."""
    told: list[str] = []
    history = History.open(tmp_path / "history", cache=tmp_path / "cache", report=told.append)
    folder = add(one("B0001", square("wine")))
    add(one("B0002", square("wine"), day="2025-01-02"))
    digest = pack(folder, tmp_path).digest
    bundle = Path(history.shelf.where(digest))
    bundle.write_bytes(bundle.read_bytes()[:100])
    assert ids(history.overview("flaml")) == ["B0002"]
    assert told[0].startswith(
        f"bundle {history.shelf.where(digest)} is torn: its name says {digest[:12]}"
    )
    assert "add the build again" in told[0]
    assert [t.kind for t in troubles(history)] == ["torn"]
    assert history.add(folder).new
    assert ids(history.overview("flaml")) == ["B0002", "B0001"]
    assert list(troubles(history)) == []


def test_an_index_that_is_broken_within_is_made_anew(tmp_path, add):
    """Also in a folder whose name speaks of locks, and where the file's head is whole."""
    history = History.open(tmp_path / "history", str(tmp_path / "could lock" / "index.duckdb"))
    add(one("B0001", square("wine")))
    expected = history.overview("flaml")
    path = tmp_path / "could lock" / "index.duckdb"
    data = path.read_bytes()
    path.write_bytes(data[:12288] + b"?" * (len(data) - 12288))
    assert drawn(history.overview("flaml")) == drawn(expected)
    path.write_bytes(b"no database" * 1000)
    assert drawn(history.overview("flaml")) == drawn(expected)


def test_the_index_is_made_anew_whatever_happens_to_it(tmp_path, history, five):
    """Deleted, broken or of another version: the next look derives it from the bundles."""
    path = tmp_path / "history" / "index.duckdb"
    expected = history.overview("flaml")
    path.unlink()
    assert drawn(history.overview("flaml")) == drawn(expected)
    path.write_bytes(b"no database" * 1000)
    assert drawn(history.overview("flaml")) == drawn(expected)
    history.index.engine.run(lambda s: s.execute("UPDATE layout SET version = 0"))
    history.index.engine.run(lambda s: s.execute("DROP TABLE heads"))
    assert drawn(history.overview("flaml")) == drawn(expected)
    assert history.rebuild().added == 5


def test_an_index_deleted_under_a_reader(tmp_path, history, five):
    """Whoever reads goes on with what it opened; whoever comes next makes another."""
    path = tmp_path / "history" / "index.duckdb"
    expected = history.overview("flaml")

    def read(session: Session) -> int:
        path.unlink()
        return len(session.query("SELECT * FROM results"))

    assert history.ask(read) == 10
    assert drawn(history.overview("flaml")) == drawn(expected)


def test_work_that_fails_leaves_nothing_behind(tmp_path):
    """A session is a transaction: all of it, or none."""
    engine = DuckEngine(tmp_path / "x.duckdb")

    def fail(session: Session) -> None:
        session.execute("CREATE TABLE a (b INTEGER)")
        raise KeyError

    with pytest.raises(KeyError):
        engine.run(fail)
    assert not engine.run(lambda session: session.has("a"))


def test_tables_of_an_earlier_version_are_derived_again(tmp_path, history):
    """A bundle whose tables lack what today's have is read from its own ledger."""
    column = factories.grid().columns[0]
    packed = pack(judged(column, tmp_path / "b", "x"), tmp_path)
    old = rewritten(packed.path, SCHEMA - 1, ("results.parquet", "metrics.parquet"))
    history.add(old)
    expected, found = summed(Grid("flaml", (column,))), history.overview("flaml")
    assert (found.statuses, str(found.values)) == (expected.statuses, str(expected.values))


def test_any_url_of_fsspec_is_a_shelf(tmp_path):
    """A history in memory takes bundles and gives them back, its index beside the cache."""
    history = History.open("memory://some/history", cache=tmp_path)
    history.add(judged(one("B0001", square("wine")), tmp_path / "b"))
    again = History.open("memory://some/history", cache=tmp_path)
    assert ids(again.overview("flaml")) == ["B0001"]
    assert not again.add(judged(one("B0001", square("wine")), tmp_path / "b2")).new
    assert list(troubles(again)) == []


def test_a_url_that_nothing_knows(tmp_path):
    """An unknown protocol is wrong use."""
    with pytest.raises(ConfigError, match="frob://x"):
        Shelf("frob://x", tmp_path)


@pytest.fixture
def trained(add):
    attempt = factories.attempt("robustness/wine@py311-cpu-locked")
    for day in range(1, 5):
        add(one(f"B000{day}", attempted(square("wine"), attempt), day=f"2025-01-0{day}"))


def test_thinning_keeps_every_decision_and_verdict(history, trained):
    """Old builds lose raw attempts; the overview and the verdicts stay as they were."""
    before, columns = history.overview("flaml"), history.columns("flaml")
    now = "2025-06-01T00:00:00+00:00"
    planned = thin(history, Retention(1, 30), now, really=False)
    assert [found.build for found in planned] == ["B0001", "B0002", "B0003"]
    assert drawn(history.overview("flaml")) == drawn(before)
    done = thin(history, Retention(1, 30), now, really=True)
    assert [found.build for found in done] == [found.build for found in planned]
    after = history.overview("flaml")
    assert drawn(replace(after, builds=())) == drawn(replace(before, builds=()))
    assert [replace(h, bundle="") for h in after.builds] == [
        replace(h, bundle="") for h in before.builds
    ]
    for old, new in zip(columns, history.columns("flaml"), strict=True):
        assert new.decision == old.decision
        assert {k: s.verdict for k, s in new.squares.items()} == {
            k: s.verdict for k, s in old.squares.items()
        }
    lean = history.column("B0001").squares["robustness/wine@py311-cpu-locked"].attempts
    assert [(a.outcome, a.cpu_s, a.metrics, a.log) for a in lean] == [
        (factories.attempt("").outcome, 11.25, {}, "")
    ]
    assert thin(history, Retention(1, 30), now, really=True) == []


def test_the_newest_and_the_young_are_not_thinned(history, trained):
    """Both limits must be passed."""
    soon, late = "2025-01-05T00:00:00+00:00", "2026-01-05T00:00:00+00:00"
    assert thin(history, Retention(1, 30), soon, really=False) == []
    assert thin(history, Retention(4, 0), late, really=False) == []


def test_what_was_thinned_does_not_come_back(history, trained, tmp_path):
    """The whole bundle, added again from elsewhere, gives way to the thin one."""
    copies = shutil.copytree(tmp_path / "history" / "bundles", tmp_path / "copies")
    thin(history, Retention(1, 30), "2025-06-01T00:00:00+00:00", really=True)
    thinned = history.thinned()
    for path in copies.glob("*/*.zip"):
        history.add(path)
    assert thinned & history.shelf.all()
    standing = {digest for found in history.read("flaml").standing.values() for digest in found}
    assert not thinned & standing
    assert len(standing) == 4


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_tables_are_exported(history, five, tmp_path, suffix):
    """One row a cell with its build, in a file that other tools read."""
    path = tmp_path / f"it's.{suffix}"
    assert export(history, "results", path) == 10
    read = duckdb.read_parquet if suffix == "parquet" else duckdb.read_csv
    found = read(str(path)).aggregate("count(DISTINCT build), count(DISTINCT name)")
    assert found.fetchall() == [(5, 6)]
    with pytest.raises(ConfigError, match="what shall it be"):
        export(history, "results", tmp_path / "x.xlsx")


def test_a_clock_that_ran_backwards_is_told(history, add):
    """Builds are ordered by time and number, and a time that contradicts the numbers is named."""
    add(one("B0001", square("wine"), day="2025-01-02"))
    add(one("B0002", square("wine"), day="2025-01-01"))
    assert ids(history.overview("flaml")) == ["B0001", "B0002"]
    (trouble,) = troubles(history)
    assert (trouble.kind, trouble.where) == ("clock", "B0002")
    assert "a clock ran backwards" in trouble.reason


def test_builds_of_one_second_are_ordered_by_number(history, add):
    """B0010 is newer than B0009, whatever the letters say."""
    for number in (9, 10, 10000):
        add(one(f"B{number:04}", square("wine")))
    assert ids(history.overview("flaml")) == ["B10000", "B0010", "B0009"]
    assert ids(history.overview("flaml", builds=1)) == ["B10000"]
