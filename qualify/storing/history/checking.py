"""Whether a history can be believed: every bundle read in full, and what they contradict."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

from qualify.core.overview import BuildHead
from qualify.storing.history.bundle import GoneError, NewerError, TornError, checked
from qualify.storing.history.history import History
from qualify.storing.history.manifest import Manifest
from qualify.storing.ledger import JsonlLedger

Kind = Literal["torn", "newer", "disagreement", "clock"]


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a bundle or a build; `where` is a digest or a build's name."""

    kind: Kind
    where: str
    reason: str


def troubles(history: History) -> Iterator[Trouble]:
    """Everything that is wrong, bundles first."""
    yield from _bundles(history)
    for target in history.targets():
        reading = history.read(target)
        names = {head.identity: head.id for head in reading.overview.builds}
        for one in reading.disagreements:
            yield Trouble(
                "disagreement",
                names[one.identity],
                f"{one.cell} is {one.newer_status} in bundle {one.newer[:12]}, the newest, and "
                f"{one.older_status} in {one.older[:12]}",
            )
        yield from _clocks(reading.overview.builds)
        for name, digests in reading.standing.items():
            yield from _ledger_clock(history, target, name, digests)


def _bundles(history: History) -> Iterator[Trouble]:
    """Read every member of every bundle."""
    for digest in sorted(history.shelf.all()):
        found = _bundle(history, digest)
        if found:
            yield found


def _bundle(history: History, digest: str) -> Trouble | None:
    try:
        path = history.shelf.get(digest)
        wrong = _wrong_members(path, checked(path, digest))
    except (GoneError, FileNotFoundError):
        return None  # thinned since it was listed: what it became is read instead
    except (TornError, zipfile.BadZipFile) as error:
        return Trouble("torn", digest, str(error))
    except NewerError as error:
        return Trouble("newer", digest, str(error))
    return Trouble("torn", digest, f"{min(wrong)} is not as its manifest says") if wrong else None


def _wrong_members(path: Path, manifest: Manifest) -> set[str]:
    """The members that are not there, are too much, or are not what the manifest says."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist()) - {"manifest.json"}
        known = names & manifest.members.keys()
        found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in known}
    changed = {name for name, digest in found.items() if digest != manifest.members[name]}
    return (names ^ manifest.members.keys()) | changed


def _clocks(builds: tuple[BuildHead, ...]) -> Iterator[Trouble]:
    """Builds of one machine whose numbers grow while their times do not."""
    numbered = [head for head in builds if head.id[1:].isdecimal()]
    ordered = sorted(numbered, key=lambda head: int(head.id[1:]))
    for before, after in pairwise(ordered):
        if datetime.fromisoformat(after.time) < datetime.fromisoformat(before.time):
            yield Trouble(
                "clock",
                after.id,
                f"its time {after.time} is before that of {before.id}, {before.time}: a clock ran "
                "backwards, or the two were made on different machines",
            )


def _ledger_clock(
    history: History, target: str, name: str, digests: tuple[str, ...]
) -> Iterator[Trouble]:
    """A clock that ran backwards while a build was filled; what is torn was told as that."""
    try:
        folders = history.folders(name, target, digests)
    except TornError:
        return
    for folder in folders:
        found = _backwards(folder.ledger)
        if found:
            yield Trouble("clock", name, f"in its ledger {found[1]} comes after {found[0]}")


def _backwards(ledger: JsonlLedger) -> tuple[str, str] | None:
    times = (event.time for event in ledger.events())
    return next(((a, b) for a, b in pairwise(times) if b < a), None)
