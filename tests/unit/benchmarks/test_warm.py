"""A warm trainer imports once, and its forks end in every way that a training can end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks._warm import WarmTrainer
from qualify.core.attempt import Outcome, Training
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.candidate import Environment
from qualify.core.data import Column, Split, digest
from qualify.core.errors import InfrastructureError

ADAPTER = """
import os, signal, time

IMPORTS = []

def start():
    IMPORTS.append(os.getpid())
    print("a word that is no answer")

def table(columns):
    return columns

def fit(columns, labels, settings):
    how = settings["options"].get("how")
    if how == "raise":
        raise ValueError("no fit")
    if how == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        time.sleep(60)
    return float(settings["seed"])

def predict(model, columns, task):
    return [model + value for value in columns[0]["values"]]

def save(model, folder):
    (folder / "model").write_text(str(model))
"""
SPLIT = Split(
    (Column("x", "numeric", (1.0, 2.0)),),
    (1.0, 2.0),
    (Column("x", "numeric", (3.0, 4.0)),),
    (3.0, 4.0),
)


def training(seed: int = 0, **options: str) -> Training:
    """A training of a regression."""
    budget, metrics = Budget(iterations=1), (Judged("rmse", 0.1),)
    canary = Canary("c", "d", "regression", budget, metrics, "benchmarks", options={**options})
    return Training("c", "candidate", canary, seed)


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[WarmTrainer]:
    """A trainer of a package that misbehaves on request, a second at most."""
    adapter = tmp_path / "adapter.py"
    adapter.write_text(ADAPTER)
    here = Environment("py-cpu-locked", sys.executable, "3", "", (), (), "uv")
    with closing(WarmTrainer(here, adapter, tmp_path / "warm", limit_s=1)) as trainer:
        yield trainer


def test_each_training_is_its_own(warm: WarmTrainer) -> None:
    """Trainings of one process differ by what was asked for, and are scored by the harness."""
    found = [warm.train(training(seed), SPLIT) for seed in (0, 2)]
    assert [attempt.metrics["rmse"] for attempt in found] == [0.0, 2.0]
    assert [attempt.predictions for attempt in found] == [digest([3.0, 4.0]), digest([5.0, 6.0])]


@pytest.mark.parametrize(
    ("how", "outcome"),
    [("raise", Outcome.ERROR), ("die", Outcome.CRASHED), ("hang", Outcome.TIMEOUT)],
)
def test_a_failed_training_does_not_end_the_next(
    warm: WarmTrainer, how: str, outcome: Outcome
) -> None:
    """An exception, a signal and a hang are outcomes; the process goes on to serve."""
    assert warm.train(training(how=how), SPLIT).outcome is outcome
    assert warm.train(training(), SPLIT).ok


def test_a_package_that_cannot_be_imported_is_said(tmp_path: Path) -> None:
    """Nothing can be recorded then: an error, not a row of failures."""
    adapter = tmp_path / "adapter.py"
    adapter.write_text("def start():\n    raise ImportError('no such package')\n")
    here = Environment("py-cpu-locked", sys.executable, "3", "", (), (), "uv")
    with (
        closing(WarmTrainer(here, adapter, tmp_path / "warm")) as trainer,
        pytest.raises(InfrastructureError, match="gone"),
    ):
        trainer.train(training(), SPLIT)
