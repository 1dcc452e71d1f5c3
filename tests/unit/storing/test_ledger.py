from __future__ import annotations

import errno
import math
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from qualify.core.attempt import Attempt, Outcome
from qualify.core.errors import DiskFullError, InfrastructureError
from qualify.core.event import (
    AttemptFinished,
    AttemptStarted,
    CellFinished,
    CellKept,
    CellPlanned,
    CellStarted,
)
from qualify.core.verdict import MetricEvidence, Status, Verdict
from qualify.storing import ledger as module
from qualify.storing.ledger import JsonlLedger

NOW = "2025-01-01T00:00:00+00:00"
EVIDENCE = MetricEvidence(
    "log_loss",
    "nat",
    Status.PASSED,
    "Q002",
    "fine",
    seeds=(0,),
    candidate=(0.1,),
    baseline=(0.2,),
    interval=(None, 0.5),
    worse=(-1.5,),
    places=(3,),
)
VERDICT = Verdict(Status.PASSED, "Q002", "fine — „gut“", (EVIDENCE,), 2, None)
ATTEMPT = Attempt("q/w", "baseline", 3, 2, "t", Outcome.OK, metrics={"log_loss": 0.1 + 0.2})
EVENTS = [
    CellPlanned(NOW, "q/w"),
    CellStarted(NOW, "q/w", 12),
    AttemptStarted(NOW, "q/w", "candidate", 0, 1),
    AttemptFinished(NOW, ATTEMPT),
    CellFinished(NOW, "q/w", "inputs", VERDICT, "nox -s qualify"),
    CellKept(NOW, "q/w"),
]


@pytest.fixture
def ledger(tmp_path: Path) -> JsonlLedger:
    return JsonlLedger(tmp_path / "build" / "ledger.jsonl")


def test_every_kind_of_event_comes_back(ledger):
    """What was written is read as it was, in order; the folder is made."""
    for event in EVENTS:
        ledger.append(event)
    assert list(ledger.events()) == EVENTS


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_a_number_that_is_none_comes_back(ledger, value):
    """An infinite value does not cost its event."""
    event = AttemptFinished(NOW, replace(ATTEMPT, metrics={"r2": value}))
    ledger.append(event)
    assert list(ledger.events()) == [event]


def test_events_written_together_wait_for_the_disk_once(ledger, monkeypatch):
    """They come back in their order, and ten thousand rows are not ten thousand waits."""
    waits = []
    monkeypatch.setattr(os, "fsync", waits.append)
    ledger.append(*EVENTS)
    assert list(ledger.events()) == EVENTS
    assert len(waits) == 1


def test_a_line_is_read_once_however_often_the_events_are_asked_for(ledger, monkeypatch):
    """Whoever follows a long run pays for what is new alone."""
    ledger.append(*EVENTS)
    assert list(ledger.events()) == EVENTS
    read = []
    monkeypatch.setattr(module, "_whole", lambda lines: read.extend(filter(None, lines)) or [])
    ledger.append(EVENTS[0])
    assert list(ledger.events()) == EVENTS
    assert len(read) == 1


def test_a_ledger_that_is_not_there_is_empty(ledger):
    """Before anything happened there are no events."""
    assert list(ledger.events()) == []


def test_a_torn_last_line_is_ignored_and_closed(ledger):
    """A line that a crash cut off never was a record, and the next record is whole."""
    ledger.append(EVENTS[0])
    whole = ledger.path.read_bytes()
    ledger.append(EVENTS[4])
    for cut in (len(whole) + 1, ledger.path.stat().st_size // 2, ledger.path.stat().st_size - 2):
        torn = JsonlLedger(ledger.path.with_name(f"{cut}.jsonl"))
        torn.path.write_bytes(ledger.path.read_bytes()[:cut])
        assert list(torn.events()) == EVENTS[:1]
        torn.append(EVENTS[5])
        assert list(torn.events()) == [EVENTS[0], EVENTS[5]]


def test_a_record_that_lacks_only_its_end_of_line(ledger):
    """A record that was written whole counts, before the next writer closes its line and after."""
    ledger.append(EVENTS[0])
    ledger.path.write_bytes(ledger.path.read_bytes()[:-1])
    assert list(ledger.events()) == EVENTS[:1]
    ledger.append(EVENTS[5])
    assert list(ledger.events()) == [EVENTS[0], EVENTS[5]]


@pytest.mark.parametrize(
    "line",
    [b"not json", b"{}", b'{"event": "cell_painted", "cell": "x"}', b"\xff\x00", b"", b"[1]"],
)
def test_lines_of_another_kind_are_skipped(ledger, line):
    """A line that is no event we know costs itself only."""
    ledger.append(EVENTS[0])
    with ledger.path.open("ab") as stream:
        stream.write(line + b"\n")
    ledger.append(EVENTS[5])
    assert list(ledger.events()) == [EVENTS[0], EVENTS[5]]


def test_eight_processes_lose_nothing(ledger):
    """Eight processes that write two hundred events each at once keep all of them whole."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_many, args=(ledger.path, w)) for w in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = [(e.cell, e.pid) for e in ledger.events()]
    assert len(ledger.path.read_bytes().split()) == 1600
    assert sorted(found) == sorted(
        (f"{w}" * (w * 500 + 1), i) for w in range(8) for i in range(200)
    )
    for worker in range(8):
        mine = [pid for cell, pid in found if cell[0] == str(worker)]
        assert mine == sorted(mine)


def write_many(path: Path, worker: int) -> None:
    """Two hundred events, longer than a page for most workers."""
    os.fsync = lambda _: None  # durability is not what is looked at
    ledger = JsonlLedger(path)
    for i in range(200):
        ledger.append(CellStarted(NOW, f"{worker}" * (worker * 500 + 1), i))


def test_a_full_disk_is_said(ledger, monkeypatch):
    """No room left is an infrastructure error that names the file and the remedy."""

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    ledger.append(EVENTS[0])
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFullError, match=r"ledger\.jsonl"):
        ledger.append(EVENTS[1])
    monkeypatch.undo()
    assert list(ledger.events()) == EVENTS[:1]


def test_a_short_write_is_a_full_disk(ledger, monkeypatch):
    """A line of which the kernel took a part is not believed written, and closed by the next."""
    write = os.write
    ledger.append(EVENTS[0])
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[:10]))
    with pytest.raises(DiskFullError):
        ledger.append(EVENTS[4])
    monkeypatch.undo()
    ledger.append(EVENTS[5])
    assert list(ledger.events()) == [EVENTS[0], EVENTS[5]]


def test_a_ledger_that_cannot_be_written(tmp_path):
    """A path that is a folder is an infrastructure error, not a traceback."""
    with pytest.raises(InfrastructureError, match="cannot write"):
        JsonlLedger(tmp_path).append(EVENTS[0])
