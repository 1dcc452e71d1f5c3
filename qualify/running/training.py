"""One training, executed: request out, child run and guarded, result in, scored."""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.candidate import Build, Environment
from qualify.core.data import Column, Split, digest
from qualify.ports import DatasetSource
from qualify.running import guardian, scoring, trainer

RESULT_LIMIT = 64 * 1024 * 1024
TAIL_LINES = 20
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
        split = "" if training.action == "import" else self._split(training).digest
        asked = (canary.task, asdict(canary.budget), canary.options, asdict(canary.limits))
        how = (training.seed, training.action, training.reload, training.spoil_labels)
        code = (self.adapter.read_text(), Path(trainer.__file__).read_text())
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

    def _split(self, training: Training) -> Split:
        key = training.seed if training.split is None else training.split
        return self.datasets.split(training.canary.dataset, key)

    def _execute(self, training: Training, environment: Environment, blank: Attempt) -> Attempt:
        room = self._room(training, blank.training)
        shutil.rmtree(room, ignore_errors=True)
        (room / "out").mkdir(parents=True)
        split = self._split(training) if training.action != "import" else None
        self._write_request(room, training, split)
        limits = training.canary.limits
        command = [environment.python, "-I", trainer.__file__, str(room / "request.json")]
        variables = guardian.child_environment(room, limits.threads)
        ended = guardian.run_guarded(command, variables, room, room / "log.txt", limits)
        attempt = replace(
            blank,
            data=split.digest if split else "",
            wall_s=ended.wall_s,
            cpu_s=ended.cpu_s,
            peak_rss_mb=ended.peak_rss_mb,
            log=str((room / "log.txt").relative_to(self.folder)),
        )
        return _judge_exit(attempt, ended, room, training, split)

    def _write_request(self, room: Path, training: Training, split: Split | None) -> None:
        canary = training.canary
        if split is not None:
            labels = [None] * len(split.train_labels) if training.spoil_labels else None
            train = {"columns": _plain(split.train), "labels": labels or split.train_labels}
            (room / "train.json").write_text(json.dumps(train))
            (room / "test.json").write_text(json.dumps({"columns": _plain(split.test)}))
        request = {
            "adapter": str(self.adapter),
            "action": training.action,
            "reload": str(self.folder / training.reload) if training.reload else None,
            "train": str(room / "train.json"),
            "test": str(room / "test.json"),
            "out": str(room / "out"),
            "settings": {
                "task": canary.task,
                "seed": training.seed,
                "threads": canary.limits.threads,
                "iterations": canary.budget.iterations,
                "seconds": canary.budget.seconds,
                "options": canary.options,
            },
        }
        (room / "request.json").write_text(json.dumps(request))


def _plain(columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    return [asdict(column) for column in columns]


def _judge_exit(
    attempt: Attempt, ended: guardian.Exit, room: Path, training: Training, split: Split | None
) -> Attempt:
    """Read what the child left; what it says counts only where it ended in order."""
    if ended.killed:
        limits = training.canary.limits
        limit = f"{limits.wall_s:g} s" if ended.killed == "timeout" else f"{limits.memory_mb:g} MB"
        message = f"killed with its process tree at the {ended.killed} limit of {limit}"
        return _failed(attempt, Outcome(ended.killed), message, room)
    result = _read(room / "out" / "result.json")
    if result is None:
        died = f"by signal {-ended.code}" if ended.code < 0 else f"with exit code {ended.code}"
        return _failed(attempt, Outcome.CRASHED, f"the process ended {died}, no result", room)
    if not result.get("ok"):
        signature = "/".join([str(result.get("type")), *map(str, result.get("stack", []))])
        attempt = replace(attempt, signature=signature)
        return _failed(attempt, Outcome.ERROR, str(result.get("message")), room)
    try:
        return _succeeded(attempt, result, room, training, split)
    except (scoring.InvalidPredictionsError, KeyError, TypeError, ValueError) as error:
        return _failed(attempt, Outcome.INVALID, f"{type(error).__name__}: {error}", room)


def _read(path: Path) -> Any:
    """Read a file that the candidate could write: capped, and None where it is not whole JSON."""
    try:
        if path.stat().st_size > RESULT_LIMIT:
            return None
        return json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None


def _failed(attempt: Attempt, outcome: Outcome, message: str, room: Path) -> Attempt:
    log = (room / "log.txt").read_bytes()[-20_000:].decode(errors="replace").splitlines()
    return replace(
        attempt,
        outcome=outcome,
        message=message[:2000],
        signature=attempt.signature or f"{outcome.value}: {message[:200]}",
        log_tail=tuple(line[:400] for line in log[-TAIL_LINES:]),
    )


def _succeeded(
    attempt: Attempt, result: Any, room: Path, training: Training, split: Split | None
) -> Attempt:
    spent = {step: float(seconds) for step, seconds in result["cpu"].items()}
    if sum(spent.values()) > attempt.cpu_s + 0.5:
        raise ValueError("the training reports more CPU seconds than its process was given")
    values = {"import_seconds": spent["import"], "peak_rss_mb": float(result["peak_rss_mb"])}
    predictions = None
    if split is not None:
        given = _read(room / "out" / "predictions.json")
        values |= scoring.quality(training.canary.task, split.test_labels, given)
        values["predict_seconds_per_1000_rows"] = 1000 * spent["predict"] / result["timed_rows"]
        predictions = digest(given)
    if "fit" in spent:
        model = room / "out" / "model"
        values["fit_seconds"] = spent["fit"]
        values["model_size_mb"] = sum(f.stat().st_size for f in model.rglob("*")) / 1e6
    return replace(attempt, outcome=Outcome.OK, metrics=values, predictions=predictions)
