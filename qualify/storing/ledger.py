"""The ledger: JSONL, append-only, flushed per append; everything else is derived from it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from qualify.core.event import Event
from qualify.storing.files import disk_error

# A number that is none stays what it is: as null it would make its event unreadable.
_EVENT: TypeAdapter[Event] = TypeAdapter(Event, config=ConfigDict(ser_json_inf_nan="constants"))


class JsonlLedger:
    """The port `Ledger` in one file that many processes append to.

    What is appended together is one `write` to a descriptor opened with O_APPEND, which the kernel
    does not interleave; a line torn by a crash is closed by the next writer and ignored by every
    reader. The file only grows, so an object reads each of its lines once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: list[Event] = []
        self._end = 0
        self._reading = threading.Lock()

    def append(self, *events: Event) -> None:
        """Write events and force them to the disk together; raises DiskFullError."""
        lines = b"".join(_EVENT.dump_json(event) + b"\n" for event in events)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                prefix = b"\n" if _torn(descriptor) else b""
                if os.write(descriptor, prefix + lines) != len(prefix + lines):
                    raise OSError(28, "short write")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise disk_error(self.path, error) from error

    def events(self) -> Sequence[Event]:
        """Every whole event, in the order in which they were written."""
        if not self.path.exists():
            return ()
        with self._reading, self.path.open("rb") as file:
            file.seek(self._end)
            rest = file.read()
            whole = rest[: rest.rfind(b"\n") + 1]
            self._end += len(whole)
            self._known += _whole(whole.splitlines())
            return (*self._known, *_whole([rest[len(whole) :]]))


def _torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _whole(lines: Iterable[bytes]) -> Iterator[Event]:
    """The events of lines; one that a crash tore is none, for no beginning of an object is one."""
    for line in lines:
        with contextlib.suppress(ValidationError):
            yield _EVENT.validate_json(line)
