from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from qualify.building import files
from qualify.building.sources import SourceFetcher
from qualify.building.tools import find_uv
from qualify.building.wheels import WheelBuilder
from qualify.core.candidate import BuildFailure, Wheel
from qualify.core.errors import ConfigError, DiskFullError

TOOLS = [pytest.param("uv", marks=pytest.mark.skipif(not find_uv(), reason="no uv")), "pip"]


@pytest.fixture
def fetcher(tmp_path: Path) -> SourceFetcher:
    return SourceFetcher(tmp_path / "cache")


@pytest.fixture
def builder(tmp_path: Path) -> WheelBuilder:
    return WheelBuilder(tmp_path / "cache" / "wheels")


@pytest.mark.parametrize("installer", TOOLS)
def test_a_tree_becomes_a_wheel_by_way_of_its_sdist(fetcher, tree, tmp_path, installer):
    """The wheel holds what the sdist holds, is kept under its digest, and the tree stays clean."""
    top = tree()
    (top / "toy" / "only_in_tree.py").write_text("")
    before = sorted(top.rglob("*"))
    wheel = WheelBuilder(tmp_path / "w", installer).build(fetcher.fetch(str(top)))
    assert isinstance(wheel, Wheel)
    assert (wheel.name, wheel.version) == ("toy", "1.0")
    assert Path(wheel.path).parent.name == wheel.sha256 == files.sha256_of(Path(wheel.path))
    assert b"only_in_tree" not in Path(wheel.path).read_bytes()
    assert sorted(top.rglob("*")) == before


def test_a_second_build_does_nothing(fetcher, tree, tmp_path):
    """The same source gives the wheel that was kept, without running anything."""
    source = fetcher.fetch(str(tree()))
    told: list[str] = []
    builder = WheelBuilder(tmp_path / "w", report=told.append)
    assert builder.build(source) == builder.build(source)
    assert len(told) == 1


def test_a_kept_wheel_that_was_damaged_is_built_again(fetcher, tree, builder):
    """The cache is checked against the digest before it is believed."""
    source = fetcher.fetch(str(tree()))
    wheel = builder.build(source)
    Path(wheel.path).write_bytes(b"damaged")
    Path(wheel.path).rename(Path(wheel.path).with_suffix(".bad"))
    assert builder.build(source) == wheel


def test_git_and_sdist_build_too(fetcher, git_repository, builder):
    """A reference is built as it is at that commit."""
    wheel = builder.build(fetcher.fetch(f"git+{git_repository.as_uri()}@next"))
    assert wheel.version == "2.0"


def test_a_wheel_is_used_as_it_is(fetcher, builder, wheel_file):
    """Nothing is built of a wheel; its metadata is read."""
    path = wheel_file(headers="Requires-Python: >=3.9\n")
    wheel = builder.build(fetcher.fetch(str(path)))
    assert wheel.requires_python == ">=3.9"
    assert Path(wheel.path).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("step", ["sdist_step", "wheel_step"])
def test_a_build_that_raises_is_a_failure_with_its_telling_lines(fetcher, tree, builder, step):
    """The lines that say why are there, without colours; the whole log is kept on disk."""
    source = fetcher.fetch(str(tree(**{step: 'raise RuntimeError("\\x1b[31mno VERSION file")'})))
    failure = builder.build(source)
    assert isinstance(failure, BuildFailure)
    assert "cannot be built" in failure.reason
    assert any("no VERSION file" in line for line in failure.lines)
    assert not any("\x1b" in line for line in failure.lines)
    assert "RuntimeError" in Path(failure.log).read_text()


def test_a_failure_is_not_kept(fetcher, tree, tmp_path):
    """What failed may have been the network: the same source is built again."""
    flag = tmp_path / "flag"
    step = f"assert pathlib.Path({str(flag)!r}).exists()"
    source = fetcher.fetch(str(tree(wheel_step=step)))
    builder = WheelBuilder(tmp_path / "w")
    assert isinstance(builder.build(source), BuildFailure)
    flag.touch()
    assert isinstance(builder.build(source), Wheel)


def test_a_build_that_does_not_end_is_a_failure(fetcher, tree, tmp_path):
    """The limit is the candidate's to keep."""
    source = fetcher.fetch(str(tree(sdist_step="import time; time.sleep(600)")))
    failure = WheelBuilder(tmp_path / "w", timeout=3).build(source)
    assert "stopped after" in failure.reason


def test_a_build_sees_no_tokens(fetcher, tree, builder, monkeypatch):
    """The candidate's build runs without the variables of the pipeline."""
    for name in ("GITHUB_TOKEN", "CI", "UV_PUBLISH_TOKEN", "PYTHONPATH", "MY_SECRET"):
        monkeypatch.setenv(name, "x")
    unwanted = "{'GITHUB_TOKEN', 'CI', 'UV_PUBLISH_TOKEN', 'MY_SECRET'}"
    step = f"import os; assert not {unwanted} & set(os.environ), sorted(os.environ)"
    assert isinstance(builder.build(fetcher.fetch(str(tree(sdist_step=step)))), Wheel)


def test_a_corrupt_wheel_is_a_failure(fetcher, builder, wheel_file):
    """Bytes that are no archive, and files that contradict the RECORD, are told apart."""
    path = wheel_file()
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"VERSION = '1.0'", b"VERSION = '9.9'"))
    assert "cannot be read" in builder.build(fetcher.fetch(str(path))).reason
    path.write_bytes(whole[:50])
    assert "cannot be read as a wheel" in builder.build(fetcher.fetch(str(path))).reason


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py"])
def test_an_sdist_that_leaves_its_folder_is_a_failure(fetcher, builder, tmp_path, name):
    """A member outside the archive's own folder is never written."""
    path = tmp_path / "toy-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as out:
        out.addfile(tarfile.TarInfo(name), io.BytesIO())
    failure = builder.build(fetcher.fetch(str(path)))
    assert isinstance(failure, BuildFailure)
    assert "evil.py" in failure.reason


def test_an_archive_without_a_build_is_a_failure(fetcher, builder, tmp_path):
    """A broken archive and one without a package are the candidate's fault."""
    path = tmp_path / "toy-1.0.tar.gz"
    path.write_bytes(b"no archive")
    assert "cannot be unpacked" in builder.build(fetcher.fetch(str(path))).reason
    with tarfile.open(path, "w:gz") as out:
        out.addfile(tarfile.TarInfo("toy-1.0/README"), io.BytesIO())
    assert "cannot be built" in builder.build(fetcher.fetch(str(path))).reason


def test_a_full_disk_is_no_fault_of_the_candidate(fetcher, builder, tree, monkeypatch):
    """Below a gigabyte nothing is begun; the error names the path and the room that is left."""
    source = fetcher.fetch(str(tree()))
    monkeypatch.setattr(files, "free", lambda _: 5 * files.MIB)
    with pytest.raises(DiskFullError, match="5 MB are free"):
        builder.build(source)


def test_an_installer_that_nobody_knows_is_refused(tmp_path):
    """A misspelt installer is an error of the configuration."""
    with pytest.raises(ConfigError, match="conda"):
        WheelBuilder(tmp_path, "conda")
