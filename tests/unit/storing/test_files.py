from __future__ import annotations

import errno
import os
import resource
import signal
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from qualify.core.errors import DiskFullError, ExitCode, InfrastructureError
from qualify.storing.files import disk_error, read_value, write_text, write_value

NUMBERS: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[int, ...])


def test_a_value_comes_back(tmp_path):
    """What was written is read, folders are made, and no part is left beside it."""
    path = tmp_path / "a" / "b" / "numbers.json"
    assert write_value(path, NUMBERS, (1, 2)) == path
    assert read_value(path, NUMBERS) == (1, 2)
    assert [p.name for p in path.parent.iterdir()] == ["numbers.json"]


def test_a_file_that_is_not_there_is_none(tmp_path):
    """A missing file is no error."""
    assert read_value(tmp_path / "none.json", NUMBERS) is None


@pytest.mark.parametrize("text", ["", "[1,", '["a"]', "{}"])
def test_a_broken_file_names_its_place(tmp_path, text):
    """A file that does not hold such a value is named with a remedy."""
    path = tmp_path / "numbers.json"
    path.write_text(text)
    with pytest.raises(InfrastructureError, match=r"numbers\.json") as caught:
        read_value(path, NUMBERS)
    assert caught.value.remedy


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    """No room left while writing keeps the old file and leaves no part of the new one."""
    path = write_text(tmp_path / "page.html", "old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError, match=r"page\.html") as caught:
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    assert caught.value.exit_code is ExitCode.INFRASTRUCTURE


def test_a_file_limit_leaves_what_was_there(tmp_path):
    """A write that the system really cuts short keeps the old file."""
    path = write_text(tmp_path / "page.html", "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(InfrastructureError):
            write_text(path, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_a_folder_in_the_way(tmp_path):
    """A path that cannot be written is an infrastructure error."""
    (tmp_path / "page").mkdir()
    with pytest.raises(InfrastructureError, match="cannot write"):
        write_text(tmp_path / "page", "text")
    assert [p.name for p in tmp_path.iterdir()] == ["page"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_quota_is_a_full_disk(code):
    """A quota that is used up is treated as a full disk."""
    assert isinstance(disk_error(Path("x"), OSError(code, "")), DiskFullError)
