"""The two kinds of cells: replicate after replicate until the rule decides, or a check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualify.core.adapter import Adapter
from qualify.core.attempt import Arm, Attempt, Training
from qualify.core.budget import Levels
from qualify.core.canary import Canary
from qualify.core.verdict import Ask, Status, Verdict
from qualify.judging.check import Round, judge_check, next_round
from qualify.ports import DatasetSource
from qualify.running.checks import CheckFunction
from qualify.running.executing import Execution
from qualify.running.lab import (
    CandidateFailedError,
    CheckFailedError,
    Lab,
    NothingToCheckError,
    RunnerFailedError,
)

if TYPE_CHECKING:
    from qualify.judging.evidence import Evidence, Reference

BATCH = 4
"""The most trainings of a cell side by side: what the decision did not need is wasted."""


@dataclass(frozen=True)
class CanaryLoop:
    """Trains a canary until its rules decide.

    `references` are the reviewed baselines; where there are none, or where the canary asks for it,
    the baseline build is trained side by side. `repeatable` says whether identical predictions may
    be believed in this build, `slots` how many trainings may run at once.
    """

    canary: Canary
    judge: Callable[[Evidence], Verdict]
    references: tuple[Reference, ...]
    levels: Levels
    salt: str
    repeatable: Callable[[], bool]
    slots: Callable[[], int]

    def fill(self, execution: Execution) -> Verdict:
        """Train what the verdict asks for, and judge again; the verdict is never RUNNING."""
        arms: dict[Arm, list[Attempt]] = {"candidate": [], "baseline": []}
        while True:
            verdict = self.judge(self._evidence(arms))
            if verdict.status is not Status.RUNNING:
                return verdict
            for attempt in self._train(execution, verdict.asks):
                arms[attempt.arm].append(attempt)

    def _evidence(self, arms: dict[Arm, list[Attempt]]) -> Evidence:
        from qualify.judging.evidence import Evidence

        return Evidence(
            self.canary,
            tuple(arms["candidate"]),
            tuple(arms["baseline"]),
            self.references,
            self.levels,
            self.salt,
            self.repeatable(),
        )

    def _train(self, execution: Execution, asks: Sequence[Ask]) -> Sequence[Attempt]:
        """Execute what is asked for: a pair in turns, a batch on idle slots, or one by one."""
        cell = execution.cell.id
        trainings = [Training(cell, ask.arm, self.canary, ask.seed, ask.number) for ask in asks]
        if [(t.arm, t.number) for t in trainings] == [("candidate", 1), ("baseline", 1)]:
            return execution.pair(*trainings)
        if [(t.arm, t.number) for t in trainings] == [("candidate", 1)]:
            trainings += self._ahead(trainings[0])
            with ThreadPoolExecutor(len(trainings)) as pool:
                return list(pool.map(execution, trainings))
        return [execution(training) for training in trainings]

    def _ahead(self, training: Training) -> list[Training]:
        """The seeds after this one that idle slots may train at the same time."""
        width = min(self.slots(), BATCH)
        following = range(training.seed + 1, min(training.seed + width, self.canary.cap))
        return [replace(training, seed=seed) for seed in following]


@dataclass(frozen=True)
class CheckLoop:
    """Runs a check; one that breaks is run so many turns more, on the baseline and again."""

    function: CheckFunction
    datasets: DatasetSource
    turns: int
    folder: Path = Path()
    adapter: Adapter | None = None

    def fill(self, execution: Execution) -> Verdict:
        """Run rounds until the rule of checks decides."""
        rounds: dict[Arm, list[Round]] = {"candidate": [], "baseline": []}
        has_baseline = "baseline" in execution.builds
        while True:
            baseline = rounds["baseline"] if has_baseline else None
            arm = next_round(rounds["candidate"], baseline, self.turns)
            if arm is None:
                gate = execution.cell.stage != "main"
                verdict = judge_check(rounds["candidate"], baseline, self.turns, gate=gate)
                return replace(verdict, trainings=len(execution.done))
            try:
                rounds[arm].append(self._round(execution, arm, len(rounds[arm]) + 1))
            except RunnerFailedError as error:
                return Verdict(Status.INFRA, "I001", str(error), trainings=len(execution.done))
            except NothingToCheckError as reason:
                return Verdict(Status.SKIPPED, "S002", str(reason), trainings=len(execution.done))

    def _round(self, execution: Execution, arm: Arm, number: int) -> Round:
        build = execution.builds[arm]
        cell = execution.cell
        lab = Lab(cell, arm, build, execution, self.datasets, self.folder, number, self.adapter)
        try:
            self.function(lab)
        except (CheckFailedError, AssertionError) as error:
            return _broken(error)
        return Round()


def _broken(error: Exception) -> Round:
    """Give what was said, in one line, and the telling lines that no attempt's log holds."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0][:1500]
    kept = isinstance(error, CandidateFailedError)
    return Round(said, () if kept else getattr(error, "tail", ())[-12:])
