"""What authors of suites import."""

from __future__ import annotations

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Limits
from qualify.running.checks import check
from qualify.running.lab import CandidateFailedError, CheckFailedError, Lab

__all__ = [
    "Attempt",
    "CandidateFailedError",
    "CheckFailedError",
    "Lab",
    "Limits",
    "Outcome",
    "check",
]
