"""One build as one immutable file: a zip that is named by the digest of its bytes."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from qualify.core.errors import ConfigError, InfrastructureError
from qualify.core.event import AttemptFinished, Event
from qualify.core.grid import Column
from qualify.core.summing import build_head
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column
from qualify.storing.history.bare import copied
from qualify.storing.history.logs import TOGETHER, capped, kept
from qualify.storing.history.manifest import MANIFEST, SCHEMA, Manifest
from qualify.storing.history.tables import TABLES, tables

FILES = ("plan.json", "candidate.json", "baseline.json", "releases.json", "decision.json")
TEXTS = ("identity", "ledger.jsonl", "junit.xml", "summary.md")
PARQUET = tuple(f"{name}.parquet" for name in TABLES)
MAX_MEMBERS, MAX_BYTES = 20_000, 2 * 2**30
_EPOCH = (1980, 1, 1, 0, 0, 0)
REMEDY = "add the build again from where it was made, or pull the bundle again"


class TornError(InfrastructureError):
    """A bundle that is not what its name says."""


class GoneError(TornError):
    """A bundle that was here and is no more: whoever thins it adds what it becomes before that."""


class NewerError(ConfigError):
    """A bundle that a newer version of this package wrote."""


@dataclass(frozen=True)
class Packed:
    """A bundle on this disk."""

    digest: str
    path: Path
    manifest: Manifest


def pack(folder: BuildFolder, into: Path, thinned_from: str = "") -> Packed:
    """Write a judged build's bundle into a folder; raises ConfigError where nothing was judged."""
    decision = folder.decision()
    if decision is None:
        raise ConfigError(f"{folder.path} was not judged yet", "run `qualify judge` first")
    if not (folder.path / "identity").is_file():
        raise ConfigError(f"{folder.path / 'identity'} is missing", "name a folder such as B0001")
    events = list(folder.ledger.events())
    with tempfile.TemporaryDirectory(dir=into, prefix=".pack-") as name:
        place = Path(name)
        copied(folder, place)
        drawn = column(BuildFolder(place), decision)
        tables(drawn).write(place)
        members, left_out = _members(folder, place, events)
        manifest = _manifest(
            folder, drawn, events, members, left_out=left_out, thinned_from=thinned_from
        )
        whole = place / "bundle.zip"
        _write(whole, members, manifest)
        digest = digest_of(whole)
        final = whole.replace(into / f"{digest}.zip")
    return Packed(digest, final, manifest)


def _members(
    folder: BuildFolder, place: Path, events: list[Event]
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    names = [n for n in (*FILES, *TEXTS, *PARQUET) if (place / n).is_file()]
    members = {name: (place / name).read_bytes() for name in names}
    attempts = (event.attempt for event in events if isinstance(event, AttemptFinished))
    room, left_out = TOGETHER, []
    for path in kept(folder.path, [folder.candidate()], attempts):
        text = capped(folder.path / path)
        room -= len(text)
        if room < 0:
            left_out.append(path.as_posix())
        else:
            members[f"logs/{path.as_posix()}"] = text
    return members, tuple(left_out)


def _manifest(
    folder: BuildFolder,
    drawn: Column,
    events: list[Event],
    members: Mapping[str, bytes],
    *,
    left_out: tuple[str, ...],
    thinned_from: str,
) -> Manifest:
    plan, identity = folder.plan(), members["identity"].decode()
    return Manifest(
        schema=SCHEMA,
        target=plan.target,
        identity=identity,
        head=build_head(drawn, identity),
        started=events[0].time if events else drawn.time,
        filled=events[-1].time if events else drawn.time,
        events=len(events),
        cells=plan.selected,
        members={name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())},
        left_out=left_out,
        thinned_from=thinned_from,
    )


def _write(path: Path, members: Mapping[str, bytes], manifest: Manifest) -> None:
    """Write a zip in which nothing depends on when or where it is written."""
    first = {"manifest.json": MANIFEST.dump_json(manifest, indent=1)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (*first.items(), *sorted(members.items())):
            info = zipfile.ZipInfo(name, _EPOCH)
            stored = name.endswith(".parquet")  # compressed already
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)


def digest_of(path: Path) -> str:
    """The digest of a file's bytes."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(2**20):
            found.update(block)
    return found.hexdigest()


def checked(path: Path, digest: str) -> Manifest:
    """The manifest of a bundle whose bytes are what its name says; raises TornError."""
    try:
        found = digest_of(path)
    except FileNotFoundError:
        raise gone(path) from None
    except OSError as error:
        raise TornError(f"bundle {path} cannot be read: {error.strerror}", REMEDY) from None
    if found != digest:
        raise TornError(
            f"bundle {path} is torn: its name says {digest[:12]}, its bytes are {found[:12]}",
            REMEDY,
        )
    return manifest_of(path)


def gone(path: object) -> GoneError:
    """What is said of a bundle that is not where it was."""
    return GoneError(f"bundle {path} is gone", "run the same command again, or pull the bundle")


def manifest_of(path: Path) -> Manifest:
    """The manifest; raises TornError, and NewerError for one of a newer version."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_monsters(archive, path)
            manifest = MANIFEST.validate_json(archive.read("manifest.json"))
    except FileNotFoundError:
        raise gone(path) from None
    except (zipfile.BadZipFile, KeyError, OSError, ValidationError) as error:
        raise TornError(f"bundle {path} cannot be read: {error}", REMEDY) from None
    if manifest.schema > SCHEMA:
        raise NewerError(
            f"bundle {path} was written by a newer version of this package",
            "update the package that reads it",
        )
    return manifest


def _refuse_monsters(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise TornError for an archive that would fill the disk or leave its folder."""
    infos = archive.infolist()
    names = [PurePosixPath(info.filename) for info in infos]
    outside = [name for name in names if name.is_absolute() or ".." in name.parts]
    if outside or len(infos) > MAX_MEMBERS or sum(i.file_size for i in infos) > MAX_BYTES:
        raise TornError(f"bundle {path} is no bundle: {len(infos)} members", REMEDY)


def unpack(path: Path, into: Path) -> BuildFolder:
    """Write a bundle's members as a build's folder; logs stand where the ledger names them.

    Raises GoneError.
    """
    with opened(path) as archive:
        _refuse_monsters(archive, path)
        for info in archive.infolist():
            target = into / info.filename.removeprefix("logs/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(info))
    return BuildFolder(into)


def opened(path: Path) -> zipfile.ZipFile:
    """A bundle to read from; raises GoneError."""
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise gone(path) from None
