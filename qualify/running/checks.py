"""Checks: a decorated function each, whose docstring is the promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from qualify.core.canary import Budget, Canary, Limits, Task
from qualify.core.errors import SuiteError, nearest
from qualify.core.plan import STAGES
from qualify.running.lab import Lab

CheckFunction = Callable[[Lab], None]
F = TypeVar("F", bound=CheckFunction)
ATTRIBUTE = "qualify_check"


@dataclass(frozen=True)
class Check:
    """A check as declared. Without a canary it trains nothing."""

    name: str
    about: str
    owner: str
    stage: str
    lanes: tuple[str, ...]
    canary: Canary | None


def check(
    *,
    owner: str,
    stage: str = "main",
    dataset: str | None = None,
    task: Task = "binary",
    iterations: int | None = None,
    seconds: float | None = None,
    lanes: tuple[str, ...] = ("*-locked",),
    limits: Limits | None = None,
    options: Mapping[str, str | int | float | bool | list[str]] | None = None,
) -> Callable[[F], F]:
    """Declare a function as a check, one cell on every lane that fits; raises SuiteError.

    The function takes a `Lab`; an assertion that fails is a promise that is broken. With a
    `dataset` the lab can train: `iterations` or `seconds` are the budget of each training.
    """
    if stage not in STAGES:
        raise SuiteError(f"unknown stage {stage!r}", nearest(stage, STAGES))

    def declare(function: F) -> F:
        name = function.__name__.removeprefix("test_")
        about = (function.__doc__ or "").strip().split("\n")[0]
        canary = None
        if dataset is not None:
            budget = Budget(iterations, seconds)
            extra = {"options": dict(options or {}), "limits": limits or Limits()}
            canary = Canary(name, dataset, task, budget, (), owner, **extra)  # type: ignore[arg-type]
        setattr(function, ATTRIBUTE, Check(name, about, owner, stage, lanes, canary))
        return function

    return declare
