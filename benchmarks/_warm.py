"""A trainer that has imported its release already: a training costs a fork, not an import."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import _warm_child
from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.candidate import Environment
from qualify.core.data import Split
from qualify.core.errors import InfrastructureError
from qualify.running import guardian, trainer
from qualify.running.results import read_outcome

LIMIT_S = 60


class WarmTrainer:
    """One long-lived process in a release's environment, until it is closed.

    `folder` is its scratch room: a training's files are gone when the next one begins.
    """

    def __init__(
        self, environment: Environment, adapter: Path, folder: Path, limit_s: int = LIMIT_S
    ) -> None:
        """Start importing, which the first training waits for; none lasts longer than `limit_s`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._adapter = adapter
        self._room = folder / "training"
        self._log = (folder / "log.txt").open("wb")
        command = [environment.python, "-I", _warm_child.__file__, trainer.__file__, str(adapter)]
        self._process = subprocess.Popen(
            [*command, str(limit_s)],
            cwd=folder,
            env=guardian.child_environment(folder, threads=1),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def close(self) -> None:
        """End the process; what it is training dies with it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                with suppress(BrokenPipeError):  # a request that nobody will read
                    stream.close()

    def train(self, training: Training, split: Split) -> Attempt:
        """Train once; raises InfrastructureError where the release cannot be imported."""
        shutil.rmtree(self._room, ignore_errors=True)
        (self._room / "out").mkdir(parents=True)
        ended = self._ask(self._request(training, split))
        blank = Attempt(
            training.cell,
            training.arm,
            training.seed,
            training.number,
            "",
            Outcome.INFRA,
            data=split.digest,
            wall_s=ended.wall_s,
            cpu_s=ended.cpu_s,
        )
        return read_outcome(blank, ended, self._room, training, split)

    def _ask(self, request: Path) -> guardian.Exit:
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("the process has no pipes")
        try:
            self._process.stdin.write(f"{request}\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, ValueError) as error:
            raise InfrastructureError(
                "the warm process is gone", f"see {self._log.name}"
            ) from error
        killed = answer["code"] == -signal.SIGALRM
        return guardian.Exit(**answer, peak_rss_mb=0.0, killed="timeout" if killed else "")

    def _request(self, training: Training, split: Split) -> Path:
        canary = training.canary
        train = {"columns": [asdict(c) for c in split.train], "labels": split.train_labels}
        request: dict[str, Any] = {
            "parent": self._process.pid,
            "adapter": str(self._adapter),
            "action": "train",
            "reload": None,
            "train": self._write("train.json", train),
            "test": self._write("test.json", {"columns": [asdict(c) for c in split.test]}),
            "out": str(self._room / "out"),
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
        return Path(self._write("request.json", request))

    def _write(self, name: str, value: object) -> str:
        path = self._room / name
        path.write_text(json.dumps(value))
        return str(path)
