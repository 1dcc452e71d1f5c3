"""The decision on a build: all of its cells together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from qualify.core.plan import Cell, Plan
from qualify.core.verdict import Answer, Decision, Finding, Status, Verdict

WEIGHTS = (
    Status.FAILED,
    Status.TIMEOUT,
    Status.REGRESSED,
    Status.LOST,
    Status.INFRA,
    Status.INCONCLUSIVE,
    Status.RUNNING,
    Status.NOT_SCHEDULED,
    Status.GATED,
)
"""What speaks against shipping, the heaviest first."""

_NAMED = 3  # cells that the sentence names before it counts
_LOST = Verdict(Status.LOST, "Q900", "planned, but there is no verdict")


class Judgement(NamedTuple):
    """A planned cell with its verdict."""

    cell: Cell
    verdict: Verdict

    @property
    def status(self) -> Status:
        """The status of the verdict."""
        return self.verdict.status


def decide(
    plan: Plan,
    verdicts: Mapping[str, Verdict],
    findings: tuple[Finding, ...] = (),
    discoveries: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Decision:
    """Decide on a build; `verdicts` are keyed by the cells' identifiers.

    HOLD where any selected cell, or a finding of all cells together, is red. SHIP where every
    selected cell that was not skipped is green, and one of the main stage is. Everything else is
    INCONCLUSIVE: a selected cell without a verdict is LOST, and a missing result is never green.
    """
    judged = [Judgement(cell, _verdict(cell, verdicts)) for cell in plan.chosen()]
    against = sorted(
        (j for j in judged if j.status in WEIGHTS), key=lambda j: WEIGHTS.index(j.status)
    )
    heavy = [f for weight in ("hold", "undecided") for f in findings if f.weight == weight]
    answer = _answer(judged, against, heavy)
    counts = Counter(j.status for j in judged)
    return Decision(
        answer,
        _sentence(answer, judged, against, heavy),
        (
            *(f"{finding.title}: {finding.reason}" for finding in heavy),
            *(f"{j.cell.id} ({j.status.value}): {j.verdict.reason}" for j in against),
        ),
        {status.value: counts[status] for status in Status if counts[status]},
        sum(j.verdict.trainings for j in judged),
        infrastructure=answer == "inconclusive" and _infrastructure(against) and not heavy,
        findings=findings,
        discoveries=dict(discoveries),
    )


def _verdict(cell: Cell, verdicts: Mapping[str, Verdict]) -> Verdict:
    """The cell's verdict; skipped by the plan, or lost, where there is none."""
    missing = Verdict(Status.SKIPPED, "Q901", cell.skip) if cell.skip else _LOST
    return verdicts.get(cell.id, missing)


def _answer(judged: list[Judgement], against: list[Judgement], heavy: list[Finding]) -> Answer:
    """The answer that the statuses and the findings of all cells give."""
    if any(j.status.red for j in judged) or any(f.weight == "hold" for f in heavy):
        return "hold"
    main = any(j.status.green for j in judged if j.cell.stage == "main")
    return "ship" if main and not against and not heavy else "inconclusive"


def _infrastructure(against: list[Judgement]) -> bool:
    """Whether nothing but the machines' failures, and what they gated, is undecided."""
    statuses = {j.status for j in against}
    return Status.INFRA in statuses and statuses <= {Status.INFRA, Status.GATED}


def _sentence(
    answer: Answer, judged: list[Judgement], against: list[Judgement], heavy: list[Finding]
) -> str:
    """One sentence with numbers and the heaviest cells."""
    together = ", ".join(finding.title for finding in heavy)
    skipped = sum(j.status is Status.SKIPPED for j in judged)
    ran = len(judged) - skipped
    if answer == "ship":
        return f"SHIP: all {ran} cells are green" + (f" ({skipped} skipped)" if skipped else "")
    if answer == "hold":
        red = [j for j in against if j.status.red]
        if not red:
            return f"HOLD: all cells together show {together}"
        return f"HOLD: {_of(len(red), ran)} red: {_names(red)}" + _and(together)
    if not against:
        return f"INCONCLUSIVE: {together or 'no cell of the main stage was trained'}"
    return f"INCONCLUSIVE: {_of(len(against), ran)} undecided: {_names(against)}" + _and(together)


def _and(together: str) -> str:
    return f"; all together: {together}" if together else ""


def _of(some: int, total: int) -> str:
    return f"{some} of {total} cells {'is' if some == 1 else 'are'}"


def _names(of: list[Judgement]) -> str:
    """The first cells with their statuses, and how many more there are."""
    names = [f"{j.cell.id} ({j.status.value})" for j in of[:_NAMED]]
    rest = len(of) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")
