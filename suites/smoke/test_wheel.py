"""The wheel as a file: it is whole, it installs nothing else, and it says what it is."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from pathlib import Path, PurePosixPath

from packaging.metadata import InvalidMetadata, Metadata, parse_email

from qualify.suite import Lab, check

RELEASE = {"owner": "release", "practice": ("Infra 6",)}
READ = ("name", "version", "summary", "requires_python", "requires_dist", "provides_extra")
# A signature cannot vouch for itself, nor the RECORD for its own hash.
UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")


@check(**RELEASE)
def test_wheel_is_whole(lab: Lab) -> None:
    """Every file of the wheel is in its RECORD, with its hash and its size."""
    wrong = unrecorded(wheel_of(lab))
    assert not wrong, f"{len(wrong)} files contradict the wheel's RECORD: {'; '.join(wrong[:5])}"


@check(**RELEASE)
def test_wheel_holds_the_package_only(lab: Lab) -> None:
    """The wheel puts one package and its metadata into site-packages, no tests, no byte code."""
    wrong = strangers(wheel_of(lab), lab.adapter.module)
    assert not wrong, f"installed beside {lab.adapter.module}: {', '.join(wrong[:8])}"


@check(**RELEASE)
def test_metadata(lab: Lab) -> None:
    """The metadata are valid and name a version, a range of Python and a licence."""
    wrong = faults(wheel_of(lab))
    assert not wrong, f"the wheel's metadata: {'; '.join(wrong)}"


def wheel_of(lab: Lab) -> Path:
    """The build's wheel; without one the check is not reached."""
    assert lab.build.wheel is not None, "there is no wheel"
    return Path(lab.build.wheel.path)


def unrecorded(wheel: Path) -> list[str]:
    """What is wrong between a wheel's files and its RECORD."""
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if not name.endswith("/")}
        text = archive.read(member(archive, "RECORD")).decode(errors="replace")
        rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(text)) if row}
        wrong = [f"{name} is not recorded" for name in sorted(there - set(rows) - own(there))]
        wrong += [f"{name} is missing" for name in sorted(set(rows) - there)]
        for name in sorted(there & set(rows) - own(there)):
            wrong += contradictions(name, archive.read(name), rows[name])
    return wrong


def own(names: set[str]) -> set[str]:
    """The files that a RECORD has without a hash."""
    return {n for n in names if n.endswith(tuple(f".dist-info/{last}" for last in UNHASHED))}


def contradictions(name: str, content: bytes, row: list[str]) -> list[str]:
    """What a file's row (`sha256=HASH`, size) says of it that is not so."""
    algorithm, _, promised = (row[0] if row else "").partition("=")
    if algorithm not in hashlib.algorithms_guaranteed:
        return [f"{name} has no hash"]
    found = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).rstrip(b"=")
    if found.decode() != promised:
        return [f"{name} has another hash"]
    sized = row[1] if len(row) > 1 else ""
    return [f"{name} has another size"] if sized not in ("", str(len(content))) else []


def member(archive: zipfile.ZipFile, name: str) -> str:
    """A file of the wheel's one dist-info folder."""
    found = [
        n for n in archive.namelist() if n.count("/") == 1 and n.endswith(f".dist-info/{name}")
    ]
    assert len(found) == 1, f"the wheel has {len(found)} dist-info folders with a {name}"
    return found[0]


def strangers(wheel: Path, module: str) -> list[str]:
    """What lands in site-packages beside the package, and byte code wherever it is."""
    top = module.partition(".")[0]
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if not n.endswith("/")]
    found = {first for n in names if not expected(first := n.split("/")[0], top)}
    return sorted(found | {n for n in names if n.endswith((".pyc", ".pyo"))})


def expected(first: str, top: str) -> bool:
    """Whether a first part of a path is the package, as a folder or a file, or metadata."""
    return first.partition(".")[0] == top or PurePosixPath(first).suffix in (".dist-info", ".data")


def faults(wheel: Path) -> list[str]:
    """What the metadata lack, and what of them packaging cannot read."""
    with zipfile.ZipFile(wheel) as archive:
        raw, unknown = parse_email(archive.read(member(archive, "METADATA")))
    wrong = [f"{name} cannot be read" for name in unknown]
    # Not validated as a whole: setuptools wrote License-File before any version had the field.
    metadata = Metadata.from_raw(raw, validate=False)
    wrong += [fault for field in READ if (fault := unreadable(metadata, field))]
    wrong += [f"no {field}" for field in ("version", "requires_python") if not raw.get(field)]
    classified = any(c.startswith("License ::") for c in raw.get("classifiers", []))
    if not (raw.get("license") or raw.get("license_expression") or classified):
        wrong.append("no licence")
    return wrong


def unreadable(metadata: Metadata, field: str) -> str:
    """Why a field cannot be read; empty where it can."""
    try:
        getattr(metadata, field)
    except InvalidMetadata as error:
        return str(error)
    return ""
