"""What authors of suites import."""

from __future__ import annotations

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Limits
from qualify.running.checks import check
from qualify.running.lab import (
    CandidateFailedError,
    CheckFailedError,
    Lab,
    NothingToCheckError,
    RunnerFailedError,
)

__all__ = [
    "Attempt",
    "CandidateFailedError",
    "CheckFailedError",
    "Lab",
    "Limits",
    "NothingToCheckError",
    "Outcome",
    "RunnerFailedError",
    "check",
]
