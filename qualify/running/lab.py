"""What a check works with: trainings of one build on one lane, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qualify.core.attempt import Arm, Attempt, Outcome, Training
from qualify.core.canary import Budget, Canary
from qualify.core.candidate import Build
from qualify.core.plan import Cell
from qualify.ports import DatasetSource


class Execute(Protocol):
    """Executes a training, each time anew."""

    def again(self, training: Training) -> Attempt: ...  # noqa: D102


class CheckFailedError(Exception):
    """What a check asks for does not hold; `tail` are the telling lines of a log."""

    def __init__(self, reason: str, tail: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.tail = tail


class CandidateFailedError(CheckFailedError):
    """A training of the candidate failed where it had to succeed."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(
            f"training with seed {attempt.seed} ended {attempt.outcome.value}: {attempt.message}",
            attempt.log_tail,
        )
        self.attempt = attempt


class RunnerFailedError(Exception):
    """The machine failed, not the candidate."""


@dataclass(frozen=True)
class Lab:
    """A build on a lane, at a check's service."""

    cell: Cell
    arm: Arm
    build: Build
    execute: Execute
    datasets: DatasetSource

    def train(
        self,
        seed: int = 0,
        *,
        split: int | None = None,
        reload: Attempt | None = None,
        spoil_labels: bool = False,
        must_succeed: bool = True,
    ) -> Attempt:
        """Train the check's canary; raises CandidateFailedError unless told to go on.

        The same seed again is trained again. `reload` loads the model that an earlier training
        saved, in a fresh process, instead of fitting.
        """
        training = Training(
            cell=self.cell.id,
            arm=self.arm,
            canary=self.canary,
            seed=seed,
            split=split,
            action="reload" if reload else "train",
            reload=str(Path(reload.log).parent / "out" / "model") if reload else None,
            spoil_labels=spoil_labels,
        )
        return self._run(training, must_succeed=must_succeed)

    def built(self) -> None:
        """Require that the source gave a wheel; raises CheckFailedError with the log's lines."""
        if self.build.failure:
            raise CheckFailedError(self.build.failure.reason, self.build.failure.lines)

    def installed(self) -> None:
        """Require the lane's environment; raises CheckFailedError with the log's lines."""
        failure = self.build.failures.get(str(self.cell.lane))
        if failure:
            raise CheckFailedError(failure.reason, failure.lines)

    def constant(self, split: int = 0) -> dict[str, float]:
        """Score the constant predictor on a split."""
        from qualify.running import references  # heavy, and few checks ask for it

        return references.constant(
            self.canary.task, self.datasets.split(self.canary.dataset, split)
        )

    def linear(self, split: int = 0) -> dict[str, float]:
        """Score a linear model on a split."""
        from qualify.running import references

        return references.linear(self.canary.task, self.datasets.split(self.canary.dataset, split))

    def imports(self) -> Attempt:
        """Import the package and nothing more."""
        canary = Canary("import", "none", "binary", Budget(), (), "")
        training = Training(self.cell.id, self.arm, canary, action="import")
        return self._run(training, must_succeed=True)

    @property
    def canary(self) -> Canary:
        """The canary that the check declared."""
        if self.cell.canary is None:
            raise TypeError(f"{self.cell.id}: @check(...) names no canary to train")
        return self.cell.canary

    def _run(self, training: Training, *, must_succeed: bool) -> Attempt:
        attempt = self.execute.again(training)
        if attempt.outcome is Outcome.INFRA:
            raise RunnerFailedError(attempt.message)
        if must_succeed and not attempt.ok:
            raise CandidateFailedError(attempt)
        return attempt
