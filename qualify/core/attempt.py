"""One execution of one training, whatever came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from qualify.core.canary import Canary

Arm = str
"""Which build trains: `candidate`, `baseline`, or `release VERSION` for one before them."""
Action = Literal["train", "import", "reload", "probe"]
Labels = Literal["true", "nan", "permuted"]


class Outcome(str, Enum):
    """How a training ended."""

    OK = "ok"
    ERROR = "error"  # an exception of the candidate
    CRASHED = "crashed"  # the process died by a signal or without a result
    TIMEOUT = "timeout"  # killed at the wall-clock limit
    MEMORY = "memory"  # killed at the memory limit
    OUTPUT = "output"  # killed for what it printed
    INVALID = "invalid"  # a result that is not one: wrong length, NaN, too large
    INFRA = "infra"  # runner-side evidence: disk full, process could not be started


@dataclass(frozen=True)
class Training:
    """One execution that is asked for.

    `split` keys the division into training and test rows; None takes the seed. `reload` is the
    folder of a model that an earlier training saved, relative to the build's folder: it is loaded
    in a fresh process instead of fitting.
    `labels` trains on NaN, which a package must refuse, or on labels in random order. `probe` is
    the file of a probe and `skip` the experiments of it that were seen before. `hash_seed` is
    Python's. `inference` runs in the environment that only suffices to load and predict.
    """

    cell: str
    arm: Arm
    canary: Canary
    seed: int = 0
    number: int = 1
    split: int | None = None
    action: Action = "train"
    reload: str | None = None
    labels: Labels = "true"
    probe: str = ""
    skip: tuple[str, ...] = ()
    hash_seed: int = 0
    inference: bool = False


@dataclass(frozen=True)
class Observation:
    """What one experiment of a probe saw in the candidate's environment.

    `value` is JSON. `error` is the kind of an exception (with `message`; `kinds` are its classes),
    or `crashed`, `timeout`, `memory` or `output` where the process ended in the experiment. CPU
    seconds.
    """

    name: str
    value: Any = None
    error: str = ""
    kinds: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Attempt:
    """The record of one execution.

    `training` is the digest of everything that went in (wheel, environment, data, settings,
    seed); `number` counts executions of the same seed; `data` is the digest of the split;
    `predictions` is the digest of the predictions; seconds and MB as named; `signature` names a
    failure's stack, equal for equal failures; `log` is a path relative to the build's folder.
    """

    cell: str
    arm: Arm
    seed: int
    number: int
    training: str
    outcome: Outcome
    data: str = ""
    predictions: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_rss_mb: float = 0.0
    message: str = ""
    signature: str = ""
    log: str = ""
    log_tail: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it gave a usable result."""
        return self.outcome is Outcome.OK
