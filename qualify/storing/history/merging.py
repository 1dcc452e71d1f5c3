"""Bundles of one build: which came later, and where two of them contradict each other."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from qualify.core.overview import CODES
from qualify.storing.history.bundle import GoneError


class Origin(NamedTuple):
    """What orders a build's bundles; ledgers that begin at one time are one that grew."""

    number: int
    digest: str
    target: str
    identity: str
    started: str
    filled: str
    events: int


@dataclass(frozen=True)
class Disagreement:
    """A cell of one build that two bundles judge otherwise, neither knowing of the other."""

    target: str
    identity: str
    cell: str
    newer: str
    older: str
    newer_status: str
    older_status: str


def in_order(bundles: Iterable[Origin]) -> list[Origin]:
    """The oldest first. A ledger that grew is newer, even where a clock ran backwards in it."""
    found = list(bundles)
    last: dict[str, str] = {}
    for one in found:
        last[one.started] = max(last.get(one.started, ""), one.filled)
    return sorted(found, key=lambda one: (last[one.started], one.started, one.events, one.digest))


def disagreements(
    bundles: Sequence[Origin],
    statuses: Callable[[Origin], dict[str, int]],
    path: Callable[[str], Path],
) -> Iterator[Disagreement]:
    """Compare every older bundle of a build with the newest that has the same cell."""
    *older, _ = ordered = in_order(bundles)
    found = {one: statuses(one) for one in ordered}
    newest = {cell: one for one in ordered for cell in found[one]}
    for one in older:
        for cell, status in found[one].items():
            winner = newest[cell]
            says = found[winner][cell]
            if says != status and not _known(path, winner.digest, one.digest, cell):
                names = (winner.digest, one.digest, CODES[says].value, CODES[status].value)
                yield Disagreement(one.target, one.identity, cell, *names)


def _known(path: Callable[[str], Path], newer: str, older: str, cell: str) -> bool:
    """Whether the newer bundle knows; of what was thinned meanwhile its thinner one is asked."""
    try:
        return _knows(path(newer), path(older), cell)
    except (GoneError, FileNotFoundError):
        return True


def _knows(newer: Path, older: Path, cell: str) -> bool:
    """Whether the newer bundle has the older's last record of a cell among its own."""
    last = records(older).get(cell, ("",))[-1]
    return last in records(newer).get(cell, ())


@lru_cache(maxsize=64)
def records(path: Path) -> dict[str, tuple[str, ...]]:
    """The terminal records of every cell in a bundle's ledger, by digest, in order."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(path) as archive, archive.open("ledger.jsonl") as lines:
        for line in lines:
            if b'"cell_finished"' in line and line.endswith(b"\n"):
                event = json.loads(line)
                if event.get("event") == "cell_finished":
                    name = hashlib.sha256(line).hexdigest()
                    found.setdefault(event["cell"], []).append(name)
    return {cell: tuple(names) for cell, names in found.items()}
