"""Whole files or none: values as JSON, written beside and moved into place."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from qualify.core.errors import DiskFullError, InfrastructureError

T = TypeVar("T")


def write_text(path: Path, text: str) -> Path:
    """Write atomically; raises DiskFullError, and then leaves what was there."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise disk_error(path, error) from error
    return path


def disk_error(path: Path, error: OSError) -> InfrastructureError:
    """Name the file and the remedy of a failed write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"no space left to write {path}", "free some disk space and run the same command again"
        )
    return InfrastructureError(
        f"cannot write {path}: {error.strerror}", "check the folder's rights"
    )


def write_value(path: Path, adapter: TypeAdapter[T], value: T) -> Path:
    """Write a core value as indented JSON."""
    return write_text(path, adapter.dump_json(value, indent=2).decode() + "\n")


def read_value(path: Path, adapter: TypeAdapter[T]) -> T | None:
    """Read a core value, None where there is no file; raises InfrastructureError if broken."""
    try:
        return adapter.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InfrastructureError(
            f"{path}: {where}: {first['msg']}", "delete the file and run the same command again"
        ) from None
