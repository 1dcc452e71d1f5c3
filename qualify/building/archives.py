"""Unpack an sdist, trusting nothing that is written in it."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from qualify.building.files import MIB

_LIMIT = 4096 * MIB
_MEMBERS = 200_000
_BROKEN = (
    tarfile.TarError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
)


class BadArchiveError(Exception):
    """The archive is broken, too large, or wants to write outside its folder."""


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an sdist into an empty folder and return its single top folder.

    Raises BadArchiveError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if archive.name.endswith(".zip"):
            _unzip(archive, folder)
        else:
            _untar(archive, folder)
    except _BROKEN as error:
        raise BadArchiveError(f"{archive.name} cannot be unpacked: {error}") from error
    tops = [path for path in folder.iterdir() if path.is_dir()]
    if len(tops) != 1:
        raise BadArchiveError(f"{archive.name} has {len(tops)} top folders, an sdist has one")
    return tops[0]


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as source:
        _check([(info.filename, info.file_size) for info in source.infolist()])
        source.extractall(folder)  # noqa: S202 - names and sizes are checked


def _untar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as source:
        members = source.getmembers()
        _check([(member.name, member.size) for member in members])
        if hasattr(tarfile, "data_filter"):
            source.extractall(folder, filter="data")
            return
        odd = [m.name for m in members if not (m.isreg() or m.isdir())]
        if odd:
            raise BadArchiveError(f"{archive.name} holds links or devices: {odd[0]!r}")
        source.extractall(folder)  # noqa: S202 - plain files with checked names


def _check(members: list[tuple[str, int]]) -> None:
    if len(members) > _MEMBERS or sum(size for _, size in members) > _LIMIT:
        raise BadArchiveError(f"the archive unpacks to more than {_LIMIT // MIB} MB")
    for name, _ in members:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise BadArchiveError(f"the archive wants to write to {name!r}")
