"""What is kept for ever, and what only of the newest builds: raw attempts and logs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from qualify.core.attempt import Attempt
from qualify.storing.builds import BuildFolder
from qualify.storing.files import write_text
from qualify.storing.history.bundle import GoneError, pack, unpack
from qualify.storing.history.history import History

_ATTEMPT: TypeAdapter[Attempt] = TypeAdapter(Attempt)


@dataclass(frozen=True)
class Retention:
    """Builds that are kept as they are: the newest `builds`, and all of the last `days`."""

    builds: int = 100
    days: int = 90


@dataclass(frozen=True)
class Thinned:
    """A bundle that was, or would be, thinned; `size` and `after` in bytes, 0 while not done."""

    target: str
    build: str
    digest: str
    size: int
    after: int = 0


def thin(history: History, keep: Retention, now: str, *, really: bool) -> list[Thinned]:
    """Replace bundles of old builds by thinner ones: verdicts, decisions and numbers stay."""
    found = [one for target in history.targets() for one in _old(history, target, keep, now)]
    if not really:
        return found
    done = (_replaced(history, one) for one in found)
    return [one for one in done if one]


def _old(history: History, target: str, keep: Retention, now: str) -> Iterator[Thinned]:
    """The bundles of builds that are beyond both limits and were not thinned before."""
    before = (datetime.fromisoformat(now) - timedelta(days=keep.days)).isoformat()
    builds = history.read(target).overview.builds[keep.builds :]
    old = {head.identity: head.id for head in builds if head.time < before}
    frame = history.ask(
        lambda session: session.query(
            "SELECT identity, digest, size FROM bundles "
            "WHERE target = ? AND thinned_from = '' ORDER BY number",
            [target],
        )
    )
    for identity, digest, size in frame.itertuples(index=False, name=None):
        if identity in old:
            yield Thinned(target, old[identity], digest, size)


def _replaced(history: History, one: Thinned) -> Thinned | None:
    """Add the thinner bundle first: whatever happens in between, nothing is lost.

    None where somebody else thinned it meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="qualify-") as name:
        try:
            folder = unpack(history.shelf.get(one.digest), Path(name) / "build")
        except GoneError:
            return None
        ledger = folder.path / "ledger.jsonl"
        lines = ledger.read_text(encoding="utf-8").splitlines()
        write_text(ledger, "".join(f"{line}\n" for line in _thin(lines)))
        packed = pack(BuildFolder(folder.path), Path(name), thinned_from=one.digest)
        history.shelf.add(packed.path)
        history.shelf.remove(one.digest)
        return replace(one, after=packed.path.stat().st_size)


def _thin(lines: list[str]) -> Iterator[str]:
    """A ledger whose attempts keep their numbers; terminal records stay as they are, by byte."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue  # torn by a crash: no reader ever saw it
        if event.get("event") == "attempt_finished":
            attempt = _ATTEMPT.validate_python(event["attempt"])
            yield json.dumps(
                {**event, "attempt": _ATTEMPT.dump_python(_lean(attempt), mode="json")}
            )
        elif event.get("event") != "attempt_started":
            yield line


def _lean(attempt: Attempt) -> Attempt:
    """An attempt with its outcome and its costs."""
    return Attempt(
        cell=attempt.cell,
        arm=attempt.arm,
        seed=attempt.seed,
        number=attempt.number,
        training="",
        outcome=attempt.outcome,
        wall_s=attempt.wall_s,
        cpu_s=attempt.cpu_s,
        peak_rss_mb=attempt.peak_rss_mb,
    )
