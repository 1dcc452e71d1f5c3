"""Read a wheel without running any of it: metadata, tags, and what its RECORD promises."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from qualify.building.files import MIB, sha256_of
from qualify.core.candidate import Wheel

_CHUNK = MIB
_TEXT_LIMIT = 64 * MIB
_WHOLE_LIMIT = 8192 * MIB
_ALGORITHMS = {"sha256", "sha384", "sha512"}


class BadWheelError(Exception):
    """The file is not a wheel that can be trusted to install."""


@dataclass(frozen=True)
class Promise:
    """One row of a RECORD that has a hash."""

    name: str
    algorithm: str
    digest: str

    def kept_by(self, content: bytes) -> bool:
        """Whether the content is what was promised."""
        found = hashlib.new(self.algorithm, content).digest()
        return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == self.digest


def read_wheel(path: Path) -> Wheel:
    """Check a wheel's file name, archive, metadata and RECORD; raises BadWheelError."""
    try:
        name, version, *_ = parse_wheel_filename(path.name)
    except (InvalidWheelFilename, InvalidVersion) as error:
        raise BadWheelError(f"{path.name} is not a wheel's file name: {error}") from error
    with _opened(path) as archive:
        broken = [p.name for p in _promises(archive) if not p.kept_by(_read(archive, p.name))]
        metadata = BytesParser().parsebytes(_read(archive, _member(archive, "METADATA")))
    if broken:
        raise BadWheelError(f"{path.name} contradicts its own RECORD: {', '.join(broken[:3])}")
    requires = str(metadata["Requires-Python"] or "")
    said = str(metadata["Name"]), str(metadata["Version"])
    if canonicalize_name(said[0]) != name or _version(said[1]) != version:
        raise BadWheelError(f"{path.name} holds {said[0]} {said[1]}")
    return Wheel(str(path), sha256_of(path), name, str(version), requires)


def promises(path: Path) -> tuple[Promise, ...]:
    """The files that land in site-packages, with their hashes; raises BadWheelError."""
    with _opened(path) as archive:
        return tuple(
            Promise(place, promise.algorithm, promise.digest)
            for promise in _promises(archive)
            if (place := _place(promise.name)) is not None
        )


def requirements(path: Path, extras: Iterable[str]) -> tuple[str, ...]:
    """What the wheel's metadata requires, with these extras; raises BadWheelError."""
    with _opened(path) as archive:
        metadata = BytesParser().parsebytes(_read(archive, _member(archive, "METADATA")))
    lines = [Requirement(str(line)) for line in metadata.get_all("Requires-Dist", [])]
    names = ["", *extras]
    return tuple(
        str(line)
        for line in lines
        if line.marker is None or any(line.marker.evaluate({"extra": name}) for name in names)
    )


def misfit(wheel: Wheel, python: str) -> str:
    """Why a wheel cannot be installed into a python `X.Y` on this machine; empty if it can."""
    tags = parse_wheel_filename(Path(wheel.path).name)[3]
    if not tags & _tags_of(python):
        shown = ", ".join(sorted(map(str, tags))[:2])
        return (
            f"{wheel.name} {wheel.version} has no wheel for python {python}: its wheel is {shown}"
        )
    try:
        allowed = SpecifierSet(wheel.requires_python)
    except InvalidSpecifier:
        return f"{wheel.name} {wheel.version} requires python {wheel.requires_python!r}, no range"
    if not allowed.contains(python) and not allowed.contains(f"{python}.99"):
        return f"{wheel.name} {wheel.version} requires python {wheel.requires_python}, not {python}"
    return ""


def _tags_of(python: str) -> frozenset[Tag]:
    major, minor = (int(part) for part in python.split("."))
    interpreter = f"cp{major}{minor}"
    return frozenset(cpython_tags((major, minor))) | frozenset(
        compatible_tags((major, minor), interpreter)
    )


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadWheelError(f"{path.name} cannot be read as a wheel: {error}") from error
    if sum(info.file_size for info in archive.infolist()) > _WHOLE_LIMIT:
        archive.close()
        raise BadWheelError(f"{path.name} unpacks to more than {_WHOLE_LIMIT // MIB} MB")
    return archive


def _member(archive: zipfile.ZipFile, name: str) -> str:
    found = [
        m for m in archive.namelist() if m.endswith(f".dist-info/{name}") and m.count("/") == 1
    ]
    if len(found) != 1:
        raise BadWheelError(f"the wheel has {len(found)} dist-info folders with a {name}")
    return found[0]


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadWheelError(f"the wheel's {name} cannot be read: {error}") from error


def _promises(archive: zipfile.ZipFile) -> list[Promise]:
    name = _member(archive, "RECORD")
    if archive.getinfo(name).file_size > _TEXT_LIMIT:
        raise BadWheelError("the wheel's RECORD is too large")
    rows = csv.reader(io.StringIO(_read(archive, name).decode("utf-8", "replace")))
    found = [
        Promise(row[0], *row[1].split("=", 1)) for row in rows if len(row) > 1 and "=" in row[1]
    ]
    if not found or {p.algorithm for p in found} - _ALGORITHMS:
        raise BadWheelError("the wheel's RECORD promises nothing that can be checked")
    return found


def _place(name: str) -> str | None:
    """Where a member lands under site-packages; None for scripts, headers and data."""
    first, *rest = PurePosixPath(name).parts
    if not first.endswith(".data"):
        return name
    return "/".join(rest[1:]) if rest and rest[0] in {"purelib", "platlib"} else None


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
