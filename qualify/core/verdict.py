"""What the evidence says: of a metric, of a cell, of a build."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """What is known of one metric of one cell, against one reference.

    `against` names the reference: the last release ("baseline") or the "anchor"; `test` is how they
    were compared: "ranks" (the candidate's among the stored replicates), "pairs" (trained side by
    side), "dual" (both), "identity" or "spread". `candidate` belongs to `seeds`; `baseline` are the
    values it was compared with, of the same seeds where the test is of pairs; both are in the
    metric's unit. `effect`, `interval`, `threshold`, `scale` and `detectable` are losses on the
    judged scale (> 0: the candidate is worse); `scale` is the standard deviation that the design is
    based on, `detectable` what so many trainings show in four of five cases. `worse` and `within`
    are the evidence after each training: the candidate has regressed where `worse` reaches
    `reject`, and is shown within the margin where `within` comes down to `accept`. `p_value` bounds
    the chance of evidence so strong at any look; `alpha` is the test's share of the error budget.
    `places` are the numbers of baseline replicates that are better than each candidate, `fresh`
    those that are better than each baseline training repeated in this run.
    `ties` is the salt of the hash that broke ties. `status` is RUNNING while another training may
    decide; an interval's bound that nothing excludes yet is None; `more` is how many further
    trainings an undecided metric is expected to need.
    """

    metric: str
    unit: str
    status: Status
    code: str
    reason: str
    against: str = "baseline"
    test: str = "ranks"
    seeds: tuple[int, ...] = ()
    candidate: tuple[float, ...] = ()
    baseline: tuple[float, ...] = ()
    threshold: float = 0.0
    margin: float = 0.0
    alpha: float = 0.0
    effect: float | None = None
    interval: tuple[float | None, float | None] | None = None
    scale: float | None = None
    detectable: float | None = None
    worse: tuple[float, ...] = ()
    within: tuple[float, ...] = ()
    reject: float | None = None
    accept: float | None = None
    p_value: float | None = None
    places: tuple[int, ...] = ()
    fresh: tuple[int, ...] = ()
    ties: str = ""
    more: int | None = None


@dataclass(frozen=True)
class FailureEvidence:
    """How often trainings failed in each arm; `excluded` is the failure rate that is ruled out.

    `early` counts failures among the first two seeds, which every cell trains. `troubles` counts
    how often the runner failed one arm only where both were trained: the candidate, the baseline.
    """

    failed: int
    trained: int
    baseline_failed: int
    baseline_trained: int
    alpha: float
    excluded: float
    early: tuple[int, int] = (0, 0)
    troubles: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Ask:
    """A training that a verdict waits for."""

    arm: Literal["candidate", "baseline"]
    seed: int
    number: int = 1


@dataclass(frozen=True)
class Verdict:
    """What the evidence says of a cell: `code` names the rule, `reason` is one sentence.

    `details` are a log's telling lines, where no attempt keeps them; `trainings` counts
    executions of both arms. `identical` says of each of the first three seeds whether it predicted
    bit for bit what the baseline predicts. RUNNING means: train what `asks` names, and judge again.
    """

    status: Status
    code: str
    reason: str
    metrics: tuple[MetricEvidence, ...] = ()
    trainings: int = 0
    more: int | None = None
    details: tuple[str, ...] = ()
    failures: FailureEvidence | None = None
    identical: tuple[bool, ...] = ()
    asks: tuple[Ask, ...] = ()


Answer = Literal["ship", "hold", "inconclusive"]


@dataclass(frozen=True)
class Finding:
    """What the cells of a build show together, and what that means for the release.

    `p_value` is compared with `alpha`, the finding's share of the error budget.
    """

    code: str
    title: str
    reason: str
    weight: Literal["hold", "undecided", "note"]
    p_value: float | None = None
    alpha: float | None = None


@dataclass(frozen=True)
class Decision:
    """What all gating cells together say of a build. `reasons` come in order of weight.

    `discoveries` are the cells that two views of the false discovery rate name, as a second
    opinion: they never change the answer.
    """

    answer: Answer
    sentence: str
    reasons: tuple[str, ...]
    counts: dict[str, int]
    trainings: int
    infrastructure: bool = False
    findings: tuple[Finding, ...] = ()
    discoveries: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The sentence without the answer before it, for where the answer stands already."""
        return self.sentence.removeprefix(f"{self.answer.upper()}: ")

    @property
    def exit_code(self) -> ExitCode:
        """The code a pipeline sees; an undecided build whose machines failed says so."""
        if self.answer == "ship":
            return ExitCode.SHIP
        if self.answer == "hold":
            return ExitCode.HOLD
        return ExitCode.INFRASTRUCTURE if self.infrastructure else ExitCode.INCONCLUSIVE
