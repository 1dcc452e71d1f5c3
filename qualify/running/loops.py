"""The two kinds of cells: replicate after replicate until the rule decides, or a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qualify.core.attempt import Arm, Attempt, Training
from qualify.core.baseline import Replicate
from qualify.core.canary import Canary
from qualify.core.verdict import Status, Verdict
from qualify.judging.check import Round, judge_check, next_round
from qualify.judging.history import next_training
from qualify.ports import CellJudge, DatasetSource
from qualify.running.checks import CheckFunction
from qualify.running.executing import Execution
from qualify.running.lab import CandidateFailedError, CheckFailedError, Lab, RunnerFailedError


@dataclass(frozen=True)
class CanaryLoop:
    """Trains a canary until its rule decides.

    `stored` are the reviewed baseline's replicates; where there are none, or where the canary asks
    for it, the baseline build is trained side by side.
    """

    canary: Canary
    judge: CellJudge
    stored: Sequence[Replicate]
    alpha: float
    beta: float

    @property
    def paired(self) -> bool:
        """Whether the baseline is trained in this run."""
        return self.canary.interleaved or not self.stored

    def fill(self, execution: Execution) -> Verdict:
        """Train, judge, and again; the verdict is never RUNNING."""
        attempts: list[Attempt] = []
        fresh: list[Replicate] = []
        # Without stored values the rule must know that every seed still gets its baseline.
        canary = replace(self.canary, interleaved=self.paired)
        while True:
            known = fresh if self.paired else self.stored
            verdict = self.judge.judge(canary, attempts, known, self.alpha, self.beta)
            asked = next_training(self.canary, attempts)
            if verdict.status is not Status.RUNNING or asked is None:
                return replace(verdict, trainings=len(attempts) + len(fresh))
            self._train(execution, asked, attempts, fresh)

    def _train(
        self,
        execution: Execution,
        asked: tuple[int, int],
        attempts: list[Attempt],
        fresh: list[Replicate],
    ) -> None:
        seed, number = asked
        cell = execution.cell.id
        candidate = Training(cell, "candidate", self.canary, seed, number)
        if not self.paired or number > 1:
            attempts.append(execution(candidate))
            return
        mine, theirs = execution.pair(candidate, replace(candidate, arm="baseline"))
        attempts.append(mine)
        fresh.append(Replicate.of(self.canary.name, theirs))


@dataclass(frozen=True)
class CheckLoop:
    """Runs a check; one that breaks is run on the baseline and then once more."""

    function: CheckFunction
    datasets: DatasetSource

    def fill(self, execution: Execution) -> Verdict:
        """Run rounds until the rule of checks decides."""
        rounds: dict[Arm, list[Round]] = {"candidate": [], "baseline": []}
        has_baseline = "baseline" in execution.builds
        while True:
            baseline = rounds["baseline"] if has_baseline else None
            arm = next_round(rounds["candidate"], baseline)
            if arm is None:
                verdict = judge_check(rounds["candidate"], baseline)
                return replace(verdict, trainings=len(execution.done))
            try:
                rounds[arm].append(self._round(execution, arm))
            except RunnerFailedError as error:
                return Verdict(Status.INFRA, "I001", str(error), trainings=len(execution.done))

    def _round(self, execution: Execution, arm: Arm) -> Round:
        lab = Lab(execution.cell, arm, execution.builds[arm], execution, self.datasets)
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
