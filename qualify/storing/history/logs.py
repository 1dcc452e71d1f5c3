"""Logs in a bundle: the beginning and the end of each, and not all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from qualify.core.attempt import Attempt
from qualify.core.candidate import Build

EACH = 64 * 2**10
"""The most bytes that are kept of a log."""
TOGETHER = 4 * 2**20
"""The most bytes of all logs of a bundle."""


def capped(path: Path) -> bytes:
    """A log, or its beginning and its end where it is long; the middle is never read."""
    size, half = path.stat().st_size, EACH // 2
    with path.open("rb") as stream:
        if size <= EACH:
            return stream.read(EACH)
        head = stream.read(half)
        stream.seek(size - half)
        left = f"\n... {size - 2 * half} bytes are left out here ...\n".encode()
        return head + left + stream.read(half)


def kept(folder: Path, builds: Iterable[Build], attempts: Iterable[Attempt]) -> list[Path]:
    """The logs of a build, those of failures first and then the newest, as paths in its folder."""
    named = [Path(log) for build in builds for log in _of(build)]
    newest_first = list(attempts)[::-1]
    ordered = sorted(newest_first, key=lambda attempt: attempt.ok)
    named += [Path(attempt.log) for attempt in ordered if attempt.log]
    inside = [_relative(folder, path) for path in dict.fromkeys(named)]
    return [path for path in inside if path is not None and (folder / path).is_file()]


def _of(build: Build) -> Iterator[str]:
    failures = [build.failure, *build.failures.values()]
    yield from (failure.log for failure in failures if failure and failure.log)
    if build.log:
        yield build.log


def _relative(folder: Path, path: Path) -> Path | None:
    """A path in the folder, None for one outside: a ledger does not choose what is packed."""
    home, found = folder.resolve(), (folder / path).resolve()
    return found.relative_to(home) if found.is_relative_to(home) else None
