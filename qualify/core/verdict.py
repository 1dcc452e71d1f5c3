"""What the evidence says: of a metric, of a cell, of a build."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from qualify.core.errors import ExitCode


class Status(str, Enum):
    """What the evidence says of a cell. A missing result is never green."""

    PASSED = "passed"
    IMPROVED = "improved"
    REGRESSED = "regressed"
    FAILED = "failed"
    FLAKY = "flaky"
    INCONCLUSIVE = "inconclusive"
    INFRA = "infra"
    TIMEOUT = "timeout"
    RUNNING = "running"
    GATED = "gated"
    SKIPPED = "skipped"
    NOT_SCHEDULED = "not scheduled"
    LOST = "lost"

    @property
    def glyph(self) -> str:
        """One character that is the status's own."""
        return _GLYPHS[self]

    @property
    def green(self) -> bool:
        """Whether it counts for shipping."""
        return self in {Status.PASSED, Status.IMPROVED, Status.FLAKY}

    @property
    def red(self) -> bool:
        """Whether it holds a release."""
        return self in {Status.REGRESSED, Status.FAILED, Status.TIMEOUT}

    @property
    def reusable(self) -> bool:
        """Whether a later run with the same inputs may keep it rather than train again."""
        return self.green or self.red or self is Status.INCONCLUSIVE


_GLYPHS = {
    Status.PASSED: "●",
    Status.IMPROVED: "▲",
    Status.REGRESSED: "▼",
    Status.FAILED: "✖",
    Status.FLAKY: "≈",
    Status.INCONCLUSIVE: "?",
    Status.INFRA: "!",
    Status.TIMEOUT: "◷",
    Status.RUNNING: "…",
    Status.GATED: "◌",
    Status.SKIPPED: "–",
    Status.NOT_SCHEDULED: "·",
    Status.LOST: "∅",
}


@dataclass(frozen=True)
class MetricEvidence:
    """What is known of one metric of one cell.

    `candidate` and `baseline` are the metric's values, paired by position with `seeds`, in the
    metric's own unit; `effect`, `interval` and `threshold` are losses on the judged scale
    (> 0: the candidate is worse); `status` is RUNNING while another training may decide;
    `more` is how many further trainings an undecided metric is expected to need.
    """

    metric: str
    unit: str
    status: Status
    code: str
    reason: str
    seeds: tuple[int, ...] = ()
    candidate: tuple[float, ...] = ()
    baseline: tuple[float, ...] = ()
    threshold: float = 0.0
    margin: float = 0.0
    alpha: float = 0.0
    effect: float | None = None
    interval: tuple[float, float] | None = None
    more: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the evidence says of a cell: `code` names the rule, `reason` is one sentence.

    `details` are a log's telling lines, where no attempt keeps them; `trainings` counts
    executions of both arms. RUNNING means: train another replicate.
    """

    status: Status
    code: str
    reason: str
    metrics: tuple[MetricEvidence, ...] = ()
    trainings: int = 0
    more: int | None = None
    details: tuple[str, ...] = ()


Answer = Literal["ship", "hold", "inconclusive"]


@dataclass(frozen=True)
class Decision:
    """What all gating cells together say of a build. `reasons` come in order of weight."""

    answer: Answer
    sentence: str
    reasons: tuple[str, ...]
    counts: dict[str, int]
    trainings: int
    infrastructure: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """The code a pipeline sees; an undecided build whose machines failed says so."""
        if self.answer == "ship":
            return ExitCode.SHIP
        if self.answer == "hold":
            return ExitCode.HOLD
        return ExitCode.INFRASTRUCTURE if self.infrastructure else ExitCode.INCONCLUSIVE
