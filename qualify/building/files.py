"""Files: digests, atomic writes, and an honest word when the disk is full."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from filelock import FileLock

from qualify.core.errors import DiskFullError

MIB = 1024**2
ENOUGH = 1024 * MIB
_CHUNK = MIB
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FULL_TEXT = ("no space left on device", "os error 28", "disk quota exceeded")


def sha256_of(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as stream:
        return sha256_of_stream(stream)


def sha256_of_stream(stream: IO[bytes]) -> str:
    """The digest of what is left of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def key_of(*parts: object) -> str:
    """A digest that names a combination of values."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a record atomically."""
    write_atomic(path, json.dumps(value, indent=1, sort_keys=True).encode())


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a record; None when there is none or it is broken."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def keep(path: Path, folder: Path) -> Path:
    """Copy an archive atomically into a folder of its own; what is there already stays."""
    kept = folder / path.name
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        shutil.copyfile(path, name)
        Path(name).replace(kept)
    return kept


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time goes past this point for the same path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f"{path.name}.lock")):
        yield


@contextmanager
def room(path: Path) -> Iterator[None]:
    """Check for 1 GiB of free disk before, and name the disk when it fills up meanwhile.

    Raises DiskFullError.
    """
    path.mkdir(parents=True, exist_ok=True)
    if free(path) < ENOUGH:
        raise disk_full(path)
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(path) from error
        raise


def free(path: Path) -> int:
    """Free bytes where `path` is."""
    return shutil.disk_usage(path).free


def says_full(log: str) -> bool:
    """Whether a tool's log speaks of a full disk."""
    return any(words in log.lower() for words in _FULL_TEXT)


def disk_full(path: Path) -> DiskFullError:
    """The error that names the path, what is left there and what to do."""
    left = free(path) // MIB
    return DiskFullError(
        f"the disk of {path} is full: {left} MB are free",
        f"free at least {ENOUGH // MIB} MB there (old environments in {path} may be deleted),"
        " and check the temporary folder's disk too",
    )
