"""What a check works with: trainings of one build on one lane, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from qualify.core.adapter import Adapter
from qualify.core.attempt import Arm, Attempt, Labels, Observation, Outcome, Training
from qualify.core.canary import NO_DATA, Budget, Canary
from qualify.core.candidate import Build, Environment, for_inference
from qualify.core.errors import SuiteError, nearest
from qualify.core.plan import Cell
from qualify.ports import DatasetSource


class Execute(Protocol):
    """Executes trainings: each time anew, or once for all cells that ask for the same."""

    @property
    def arms(self) -> tuple[Arm, ...]: ...  # noqa: D102

    def again(self, training: Training) -> Attempt: ...  # noqa: D102

    def shared(self, training: Training) -> Attempt: ...  # noqa: D102


_BLANK = Canary("import", NO_DATA, "binary", Budget(), (), "")


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


class NothingToCheckError(Exception):
    """What a check is about does not exist here: its cell is skipped for this reason."""


@dataclass(frozen=True)
class Lab:
    """A build on a lane, at a check's service.

    `folder` is the suite's, where its probes are; `round` counts how often the check was run.
    """

    cell: Cell
    arm: Arm
    build: Build
    execute: Execute
    datasets: DatasetSource
    folder: Path = Path()
    round: int = 1
    adapter: Adapter | None = None

    def train(
        self,
        seed: int = 0,
        *,
        split: int | None = None,
        reload: Attempt | None = None,
        labels: Labels = "true",
        threads: int = 0,
        hash_seed: int = 0,
        arm: Arm = "",
        inference: bool = False,
        must_succeed: bool = True,
    ) -> Attempt:
        """Train the check's canary; raises CandidateFailedError unless told to go on.

        The same seed again is trained again. `reload` loads the model that an earlier training
        saved, in a fresh process, instead of fitting. `arm` is another build than the one that is
        being checked, of those in `arms`; `inference` runs where only what suffices to load and
        predict is installed.
        """
        limits = self.canary.limits
        pinned = replace(limits, threads=threads or limits.threads)
        training = Training(
            cell=self.cell.id,
            arm=arm or self.arm,
            canary=replace(self.canary, limits=pinned),
            seed=seed,
            split=split,
            action="reload" if reload else "train",
            reload=str(Path(reload.log).parent / "out" / "model") if reload else None,
            labels=labels,
            hash_seed=hash_seed,
            inference=inference,
        )
        return self._done(self.execute.again(training), must_succeed=must_succeed)

    def reload_for_inference(self, fitted: Attempt) -> Attempt:
        """Load a saved model where only what suffices to load and predict is installed.

        Raises CheckFailedError where there is no such environment.
        """
        name = for_inference(self.cell.lane)
        if name not in self.build.environments:
            failure = self.build.failures.get(name)
            said = failure.reason if failure else "the adapter declares no INFERENCE"
            raise CheckFailedError(said, failure.lines if failure else ())
        return self.train(reload=fitted, inference=True)

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every build that can train on this lane."""
        return self.execute.arms

    @property
    def environment(self) -> Environment:
        """Where the build is installed on this lane; raises CheckFailedError where it is not."""
        lane = self.cell.lane
        wanted = str(lane if lane is None or self.arm == "candidate" else lane.reference)
        if wanted not in self.build.environments:
            raise CheckFailedError(f"{self.build.version} has no environment on {wanted}")
        return self.build.environments[wanted]

    @property
    def others(self) -> tuple[Arm, ...]:
        """The builds beside the one that is being checked: the releases before it."""
        return tuple(arm for arm in self.arms if arm not in (self.arm, "candidate"))

    def observe(self, probe: str, experiment: str) -> Observation:
        """What an experiment saw; all cells that ask for the same probe share its process.

        `probe_NAME.py` lies in the suite's folder. An experiment that ended the process is seen
        as such, and those after it are run in another. Raises CandidateFailedError where the
        package cannot even fit.
        """
        seen: dict[str, Observation] = {}
        while experiment not in seen:
            attempt = self.execute.shared(self._probe(probe, tuple(seen)))
            found = {o.name: o for o in attempt.observations}
            if not found.keys() - seen.keys():
                self._done(attempt, must_succeed=True)
                raise SuiteError(
                    f"{probe} has no experiment {experiment!r}", nearest(experiment, seen)
                )
            seen |= found
        return seen[experiment]

    def seen(self, probe: str, experiment: str) -> Any:
        """What an experiment gave; an error in it breaks the check."""
        found = self.observe(probe, experiment)
        if found.error:
            raise CheckFailedError(f"{experiment}: {found.error}: {found.message}")
        return found.value

    def explained(self, predictions: Sequence[float], split: int = 0) -> float:
        """The share of the test rows' variance that a regression's predictions explain."""
        from qualify.running.scoring import quality

        truth = self.datasets.split(self.canary.dataset, split).test_labels
        return quality("regression", truth, predictions)["r2"]

    def refused(self, seen: Observation) -> bool:
        """Whether an experiment ended in an error of a documented kind."""
        return self.adapter is not None and bool(set(seen.kinds) & set(self.adapter.errors))

    def _probe(self, probe: str, skip: tuple[str, ...]) -> Training:
        canary = self.cell.canary or _BLANK
        return Training(
            cell=self.cell.id,
            arm=self.arm,
            # All cells of a probe must ask for one and the same training.
            canary=replace(canary, name=probe, metrics=()),
            number=self.round,
            split=0,
            action="probe",
            probe=str(self.folder / f"probe_{probe}.py"),
            skip=skip,
        )

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
        training = Training(self.cell.id, self.arm, _BLANK, action="import")
        return self._done(self.execute.again(training), must_succeed=True)

    @property
    def canary(self) -> Canary:
        """The canary that the check declared."""
        if self.cell.canary is None:
            raise TypeError(f"{self.cell.id}: @check(...) names no canary to train")
        return self.cell.canary

    def _done(self, attempt: Attempt, *, must_succeed: bool) -> Attempt:
        if attempt.outcome is Outcome.INFRA:
            raise RunnerFailedError(attempt.message)
        if must_succeed and not attempt.ok:
            raise CandidateFailedError(attempt)
        return attempt
