"""Every fatal error, its exit code and its remedy, in one place.

The exit codes are the contract with CI pipelines; `docs/reference/exit-codes.md` is generated
from this module.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to the shell."""

    SHIP = 0
    HOLD = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INFRASTRUCTURE = 4
    INTERNAL = 70
    INTERRUPTED = 130


EXIT_MEANINGS: dict[ExitCode, str] = {
    ExitCode.SHIP: "every gating cell passed: the build may ship",
    ExitCode.HOLD: "at least one gating cell is red: the build is held",
    ExitCode.USAGE: "the command, the configuration, a canary or a baseline file is wrong",
    ExitCode.INCONCLUSIVE: "no gating cell is red, but the evidence does not decide all of them",
    ExitCode.INFRASTRUCTURE: "the machine failed, not the candidate (disk full, index away)",
    ExitCode.INTERNAL: "a defect of the harness itself",
    ExitCode.INTERRUPTED: "stopped by the user; the same command resumes",
}


class QualifyError(Exception):
    """A fatal error with a message, a remedy and an exit code."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class ConfigError(QualifyError):
    """The configuration file or an option is wrong."""


class SuiteError(QualifyError):
    """A canary or a check is declared wrongly."""


class CandidateError(QualifyError):
    """The candidate cannot be had: no such version, path, reference or file."""


class BaselineError(QualifyError):
    """A baseline file is broken or belongs to something else."""


class EvidenceError(QualifyError):
    """Trainings that cannot be judged: seeds are missing, or the number of tests changed."""


class InfrastructureError(QualifyError):
    """The machine failed, not the candidate."""

    exit_code = ExitCode.INFRASTRUCTURE


class DiskFullError(InfrastructureError):
    """There is no room left to write a result."""


class IndexUnreachableError(InfrastructureError):
    """The package index did not answer."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint: "did you mean 'x'?", or every known word where none is near."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"
