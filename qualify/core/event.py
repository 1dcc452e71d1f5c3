"""The ledger's events. Everything else is derived from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qualify.core.attempt import Arm, Attempt
from qualify.core.verdict import Verdict


@dataclass(frozen=True)
class CellPlanned:
    """A run intends to fill this cell. `time` is UTC, ISO 8601."""

    time: str
    cell: str
    event: Literal["cell_planned"] = "cell_planned"


@dataclass(frozen=True)
class CellStarted:
    """A process has taken the cell."""

    time: str
    cell: str
    pid: int
    event: Literal["cell_started"] = "cell_started"


@dataclass(frozen=True)
class AttemptStarted:
    """A training is about to be executed."""

    time: str
    cell: str
    arm: Arm
    seed: int
    number: int
    event: Literal["attempt_started"] = "attempt_started"


@dataclass(frozen=True)
class AttemptFinished:
    """A training ended, whatever came of it."""

    time: str
    attempt: Attempt
    event: Literal["attempt_finished"] = "attempt_finished"


@dataclass(frozen=True)
class CellFinished:
    """The terminal record of a cell. `inputs` is the digest of everything that it depends on."""

    time: str
    cell: str
    inputs: str
    verdict: Verdict
    reproduce: str = ""
    event: Literal["cell_finished"] = "cell_finished"


@dataclass(frozen=True)
class CellKept:
    """The cell's last terminal record still holds: its inputs have not changed."""

    time: str
    cell: str
    event: Literal["cell_kept"] = "cell_kept"


Event = CellKept | CellPlanned | CellStarted | AttemptStarted | AttemptFinished | CellFinished
