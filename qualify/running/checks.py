"""Checks: a decorated function each, whose docstring is the promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from qualify.core import practices
from qualify.core.canary import Budget, Canary, Limits, Task
from qualify.core.errors import SuiteError, nearest
from qualify.core.plan import STAGES
from qualify.core.promises import PROMISES
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
    needs: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    earlier: bool = False


def check(
    *,
    owner: str,
    stage: str = "main",
    dataset: str | None = None,
    task: Task = "binary",
    iterations: int | None = None,
    seconds: float | None = None,
    share: float = 1.0,
    lanes: tuple[str, ...] = ("*-locked",),
    limits: Limits | None = None,
    options: Mapping[str, str | int | float | bool | list[str]] | None = None,
    needs: tuple[str, ...] = (),
    practice: tuple[str, ...] = (),
    earlier: bool = False,
) -> Callable[[F], F]:
    """Declare a function as a check, one cell on every lane that fits; raises SuiteError.

    The function takes a `Lab`; an assertion that fails is a promise that is broken. With a
    `dataset` the lab can train: `iterations` or `seconds` are the budget of each training, where
    neither is given `share` of the adapter's preset. `needs` are promises: a target that does not
    give them skips the cell. `practice` names the tests of the ML Test Score that the check is
    evidence for. `earlier` has the releases before the baseline installed, as `lab.others`.
    """
    _refuse_unknown(needs)
    practices.known(practice)
    if stage not in STAGES:
        raise SuiteError(f"unknown stage {stage!r}", nearest(stage, STAGES))

    def declare(function: F) -> F:
        name = function.__name__.removeprefix("test_")
        about = (function.__doc__ or "").strip().split("\n")[0]
        canary = None
        if dataset is not None:
            budget = Budget(iterations, seconds, share)
            extra = {"options": dict(options or {}), "limits": limits or Limits()}
            canary = Canary(name, dataset, task, budget, (), owner, **extra)  # type: ignore[arg-type]
        declared = Check(name, about, owner, stage, lanes, canary, needs, practice, earlier)
        setattr(function, ATTRIBUTE, declared)
        return function

    return declare


def _refuse_unknown(needs: tuple[str, ...]) -> None:
    for name in needs:
        if name not in PROMISES:
            raise SuiteError(f"unknown promise {name!r}", nearest(name, PROMISES))
