"""One training, executed: request out, child run and guarded, result in, scored."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.canary import NO_DATA
from qualify.core.candidate import Build, Environment
from qualify.core.data import Column, Split, digest
from qualify.core.errors import InfrastructureError
from qualify.ports import DatasetSource
from qualify.running import bench, guardian, trainer
from qualify.running.results import read_outcome

Verify = Callable[[Build, Environment], None]


@dataclass(frozen=True)
class LocalTrainer:
    """The port `Trainer` on this machine.

    `folder` is the build's folder; `adapter` the adapter's file; `verify` checks, before every
    training, that the environment still holds the wheel that was built.
    """

    folder: Path
    adapter: Path
    datasets: DatasetSource
    verify: Verify

    def digest(self, training: Training, environment: Environment) -> str:
        """Name everything that goes into a training."""
        canary = training.canary
        data = self._split(training)
        split = data.digest if data else ""
        asked = (canary.task, asdict(canary.budget), canary.options, asdict(canary.limits))
        how: list[object] = [training.seed, training.action, training.reload, training.labels]
        how += [training.hash_seed, training.skip]
        code = [self.adapter.read_text(), Path(trainer.__file__).read_text()]
        if training.probe:
            code += [Path(bench.__file__).read_text(), Path(training.probe).read_text()]
        where = (environment.wheel_sha256, environment.lock, environment.python_version)
        return digest([asked, how, split, code, where])

    def train(self, training: Training, build: Build, environment: Environment) -> Attempt:
        """Execute a training; every way in which it can end is an Outcome."""
        name = self.digest(training, environment)
        blank = Attempt(
            training.cell, training.arm, training.seed, training.number, name, Outcome.INFRA
        )
        try:
            self.verify(build, environment)
            return self._execute(training, environment, blank)
        except InfrastructureError as error:
            return replace(blank, message=error.message)
        except OSError as error:
            full = " (disk full)" if error.errno == errno.ENOSPC else ""
            return replace(blank, message=f"the runner failed{full}: {error}")

    def tidy(self, attempt: Attempt) -> None:
        """Drop the data and the model of a training that succeeded; keep log and predictions."""
        room = (self.folder / attempt.log).parent
        for name in ("train.json", "test.json"):
            (room / name).unlink(missing_ok=True)
        shutil.rmtree(room / "out" / "model", ignore_errors=True)

    def _room(self, training: Training, name: str) -> Path:
        """Give every attempt a folder of its own, also where two cells train the same."""
        cell = re.sub(r"[^\w.-]+", "-", training.cell)
        attempt = f"{training.arm}-{training.seed}-{training.number}-{name[:8]}"
        return self.folder / "trainings" / cell / attempt

    def _split(self, training: Training) -> Split | None:
        if training.action == "import" or training.canary.dataset == NO_DATA:
            return None
        key = training.seed if training.split is None else training.split
        return self.datasets.split(training.canary.dataset, key)

    def _execute(self, training: Training, environment: Environment, blank: Attempt) -> Attempt:
        room = self._room(training, blank.training)
        shutil.rmtree(room, ignore_errors=True)
        (room / "out").mkdir(parents=True)
        split = self._split(training)
        self._write_request(room, training, split)
        limits = training.canary.limits
        command = [environment.python, "-s", trainer.__file__, str(room / "request.json")]
        variables = guardian.child_environment(room, limits.threads, training.hash_seed)
        ended = guardian.run_guarded(command, variables, room, room / "log.txt", limits)
        attempt = replace(
            blank,
            data=split.digest if split else "",
            wall_s=ended.wall_s,
            cpu_s=ended.cpu_s,
            peak_rss_mb=ended.peak_rss_mb,
            log=str((room / "log.txt").relative_to(self.folder)),
        )
        return read_outcome(attempt, ended, room, training, split)

    def _write_request(self, room: Path, training: Training, split: Split | None) -> None:
        canary = training.canary
        if split is not None:
            train = {"columns": _plain(split.train), "labels": _labels(training, split)}
            (room / "train.json").write_text(json.dumps(train))
            (room / "test.json").write_text(json.dumps({"columns": _plain(split.test)}))
        request = {
            "parent": os.getpid(),
            "adapter": str(self.adapter),
            "action": training.action,
            "reload": str(self.folder / training.reload) if training.reload else None,
            "probe": training.probe,
            "skip": training.skip,
            "train": str(room / "train.json") if split else None,
            "test": str(room / "test.json") if split else None,
            "out": str(room / "out"),
            "settings": {
                "task": canary.task,
                "seed": training.seed,
                "threads": canary.limits.threads,
                "iterations": canary.budget.iterations,
                "seconds": canary.budget.seconds,
                "options": canary.options,
                "weights": None,
            },
        }
        (room / "request.json").write_text(json.dumps(request))


def _labels(training: Training, split: Split) -> list[float | None]:
    """The labels to train on; in random order they are keyed by the seed."""
    labels: list[float | None] = list(split.train_labels)
    if training.labels == "nan":
        return [None] * len(labels)
    if training.labels == "permuted":
        random.Random(training.seed).shuffle(labels)  # noqa: S311  (no secret)
    return labels


def _plain(columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    return [asdict(column) for column in columns]
