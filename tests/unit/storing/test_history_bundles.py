from __future__ import annotations

import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from qualify.core.attempt import Outcome
from qualify.core.candidate import BuildFailure
from qualify.core.errors import ConfigError
from qualify.core.summing import build_head
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column
from qualify.storing.history.bundle import (
    NewerError,
    TornError,
    checked,
    digest_of,
    pack,
    unpack,
)
from qualify.storing.history.logs import EACH, TOGETHER
from qualify.storing.history.manifest import MANIFEST, SCHEMA
from tests import factories
from tests.histories import attempted, judged, one, square

NEWEST = factories.grid().columns[0]


@pytest.fixture
def folder(tmp_path: Path) -> BuildFolder:
    return judged(NEWEST, tmp_path / "builds", "abcdef")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


def test_a_bundle_holds_all_that_the_grid_shows(folder, out):
    """Unpacked it is the folder of a build from which the same column is drawn."""
    packed = pack(folder, out)
    (out / "again").mkdir()
    again = unpack(packed.path, out / "again")
    drawn = column(again, again.decision())
    assert drawn.squares == NEWEST.squares
    assert drawn.decision == NEWEST.decision
    assert packed.manifest.head == build_head(NEWEST, "abcdef")


def test_a_bundle_is_named_by_its_bytes(folder, out):
    """The name is the digest of the file, whenever and wherever it is packed."""
    packed = pack(folder, out)
    os.utime(folder.path / "plan.json", (1, 1))
    (out / "elsewhere").mkdir()
    time_ = time.localtime()
    again = pack(folder, out / "elsewhere")
    assert packed.digest == digest_of(packed.path) == again.digest
    assert packed.path.name == f"{packed.digest}.zip"
    dates = {info.date_time[0] for info in zipfile.ZipFile(packed.path).infolist()}
    assert dates == {1980} != {time_.tm_year}


def test_tables_have_a_row_a_cell_a_metric_and_an_attempt(folder, out):
    """Parquet has the numbers that the grid shows, and the raw values."""
    packed = pack(folder, out)
    (out / "u").mkdir()
    unpack(packed.path, out / "u")

    def count(table: str) -> int:
        return len(duckdb.read_parquet(str(out / "u" / f"{table}.parquet")))

    squares = NEWEST.squares.values()
    assert count("results") == len(squares)
    assert count("metrics") == sum(len(s.verdict.metrics) for s in squares)
    assert count("attempts") == sum(len(s.attempts) for s in squares)


def test_a_build_that_nobody_judged_has_no_bundle(folder, out):
    """Packing says what to run first."""
    (folder.path / "decision.json").unlink()
    with pytest.raises(ConfigError, match="not judged") as caught:
        pack(folder, out)
    assert "qualify judge" in caught.value.remedy


def test_paths_of_the_machine_are_left_behind(tmp_path, out):
    """Where the wheel, the environments and the adapter lay is nobody's business."""
    build = NEWEST.build
    wheel = replace(build.wheel, path="/home/me/wheels/flaml.whl")
    source = replace(build.source, location="/home/me/s.tar.gz", spec="/home/me/checkout")
    lanes = {k: replace(e, python="/home/me/bin/python") for k, e in build.environments.items()}
    build = replace(build, wheel=wheel, source=source, environments=lanes)
    packed = pack(judged(replace(NEWEST, build=build), tmp_path / "b"), out)
    with zipfile.ZipFile(packed.path) as archive:
        assert not [n for n in archive.namelist() if b"/home/me" in archive.read(n)]
    assert packed.manifest.head.source == "checkout"


def logged(tmp_path: Path, sizes: dict[str, int], bad: str = "") -> BuildFolder:
    attempts = [
        replace(
            factories.attempt("c", seed, outcome=Outcome.ERROR if name == bad else Outcome.OK),
            log=name,
        )
        for seed, name in enumerate(sizes)
    ]
    folder = judged(one("B0001", attempted(square("wine"), *attempts)), tmp_path)
    ledger = folder.path / "ledger.jsonl"
    ledger.write_text(ledger.read_text().replace('"cell":"c"', '"cell":"robustness/wine"'))
    for name, size in sizes.items():
        with (folder.path / name).open("wb") as stream:
            stream.write(b"begin")
            stream.truncate(size - 3)
            stream.seek(size - 3)
            stream.write(b"end")
    return folder


def test_a_long_log_is_kept_by_its_beginning_and_end(tmp_path, out):
    """A log of hundred megabytes costs a bundle no more than one of a hundred kilobytes."""
    packed = pack(logged(tmp_path, {"huge.log": 100 * 2**20}), out)
    with zipfile.ZipFile(packed.path) as archive:
        text = archive.read("logs/huge.log")
    assert text.startswith(b"begin")
    assert text.endswith(b"end")
    assert b"bytes are left out here" in text
    assert len(text) < EACH + 100


def test_logs_of_failures_come_first(tmp_path, out):
    """Where there are too many logs, those of failures are kept, and the others are named."""
    sizes = {f"{n:03}.log": EACH for n in range(TOGETHER // EACH + 10)}
    packed = pack(logged(tmp_path, sizes, bad="000.log"), out)
    kept = {name for name in packed.manifest.members if name.startswith("logs/")}
    assert "logs/000.log" in kept
    assert len(kept) == TOGETHER // EACH
    assert len(packed.manifest.left_out) == 10


def test_a_ledger_does_not_choose_files_outside(tmp_path, out):
    """A log that a ledger names beyond the build's folder is not packed."""
    (tmp_path / "secret").write_text("token")
    folder = logged(tmp_path / "builds", {"a.log": 10})
    ledger = folder.path / "ledger.jsonl"
    ledger.write_text(ledger.read_text().replace('"log":"a.log"', '"log":"../../secret"'))
    assert not any("secret" in name for name in pack(folder, out).manifest.members)


def test_a_failed_build_keeps_its_log(tmp_path, out):
    """The log of a wheel that was not built is in the bundle, by a path inside the folder."""
    made = one("B0001", square("wine"))
    home = tmp_path / "B0001"
    home.mkdir()
    (home / "build.log").write_text("no compiler")
    log = str(home / "build.log")
    build = replace(made.build, wheel=None, failure=BuildFailure("broken", (), log), log=log)
    packed = pack(judged(replace(made, build=build), tmp_path), out)
    with zipfile.ZipFile(packed.path) as archive:
        assert archive.read("logs/build.log") == b"no compiler"


@pytest.mark.parametrize("keep", [0, 10, 1000, -1])
def test_a_torn_bundle_is_told(folder, out, keep):
    """Cut off anywhere, a bundle is not what its name says."""
    packed = pack(folder, out)
    packed.path.write_bytes(packed.path.read_bytes()[:keep])
    with pytest.raises(TornError, match="is torn") as caught:
        checked(packed.path, packed.digest)
    assert packed.digest[:12] in caught.value.message


def test_a_file_that_is_no_bundle(tmp_path):
    """Any other file, even under its own digest, is refused with a word."""
    path = tmp_path / "x.zip"
    path.write_bytes(b"hello")
    with pytest.raises(TornError, match="cannot be read"):
        checked(path, digest_of(path))


def test_a_bundle_cannot_leave_its_folder(tmp_path):
    """A member that climbs out makes the whole no bundle."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../evil", "x")
    with pytest.raises(TornError, match="is no bundle"):
        checked(path, digest_of(path))


def rewritten(path: Path, schema: int, leave: tuple[str, ...] = ()) -> Path:
    """The bundle as another version would have written it."""
    part = path.with_name("part")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(part, "w") as after:
        manifest = MANIFEST.validate_json(before.read("manifest.json"))
        for name in before.namelist():
            if name == "manifest.json":
                after.writestr(name, MANIFEST.dump_json(replace(manifest, schema=schema)))
            elif name not in leave:
                after.writestr(name, before.read(name))
    return part.rename(path.with_name(f"{digest_of(part)}.zip"))


def test_a_bundle_of_a_newer_version_is_refused_by_name(folder, out):
    """What this version cannot know is said, not guessed."""
    path = rewritten(pack(folder, out).path, SCHEMA + 1)
    with pytest.raises(NewerError, match="newer version") as caught:
        checked(path, path.stem)
    assert "update" in caught.value.remedy
