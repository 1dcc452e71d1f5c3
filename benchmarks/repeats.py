"""Failures that repeat by chance: how often an unchanged build is red, by rule and flakiness.

`python -m benchmarks.repeats [--quick] [--json]` executes checks and canaries of a build and of an
equal one, both of which fail at a rate p, by the engine's own rules, at a level of 1%, where false
alarms are frequent enough to be counted; and by what others do: red at the first failure, red after
three executions that fail, red where the build fails twice and the baseline holds between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from benchmarks._report import Goal, at_least, at_most, main
from qualify.core.attempt import Attempt, Outcome
from qualify.core.budget import ErrorBudget
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.verdict import Ask, Status
from qualify.judging.check import Round, judge_check, next_round
from qualify.judging.evidence import Evidence
from qualify.judging.repeated import SUSPECTS, DeterministicFailure
from qualify.stats.rates import Count
from qualify.stats.turns import turns

LEVEL = 0.01
LEVELS = replace(ErrorBudget().levels(200, 200, 300), repeat=LEVEL)
RATES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9)
CHECKS, CANARIES = 40_000, 4_000
CANARY = Canary("c", "d", "binary", Budget(iterations=1), (Judged("log_loss", 0.1),), "o", cap=30)

Fails = Callable[[], bool]
Rule = Callable[[Fails, Fails], bool]


def once(ours: Fails, _theirs: Fails) -> bool:
    """Red at the first failure: pytest, and most gates."""
    return ours()


def thrice(ours: Fails, _theirs: Fails) -> bool:
    """Red after two reruns that fail as well: reruns until green."""
    return ours() and ours() and ours()


def in_turns(number: int) -> Rule:
    """The engine's rule for checks, with so many turns."""

    def red(ours: Fails, theirs: Fails) -> bool:
        arms = {"candidate": ours, "baseline": theirs}
        seen: dict[str, list[Round]] = {arm: [] for arm in arms}
        while arm := next_round(seen["candidate"], seen["baseline"], number):
            seen[arm].append(Round("broken" if arms[arm]() else ""))
        return judge_check(seen["candidate"], seen["baseline"], number).status is Status.FAILED

    return red


RIVALS: Mapping[str, Rule] = {
    "red at once": once,
    "red after two reruns": thrice,
    "red after one turn": in_turns(1),
}


@dataclass(frozen=True)
class Flaky:
    """Executions of a canary: each seed fails at a rate of its own, in both builds alike."""

    rates: Sequence[float]
    rng: np.random.Generator

    def __call__(self, ask: Ask) -> Attempt:
        """Execute once."""
        failed = self.rng.random() < self.rates[ask.seed]
        outcome = Outcome.ERROR if failed else Outcome.OK
        name = f"{ask.arm}-{ask.seed}-{ask.number}"
        return Attempt("c", ask.arm, ask.seed, ask.number, name, outcome, "d", None, {})


def accused(execute: Callable[[Ask], Attempt]) -> bool:
    """Whether a seed of a canary that is trained side by side is found to fail each time."""
    evidence = Evidence(CANARY, (), (), (), LEVELS)
    for ask in _registered():
        evidence = _executed(evidence, execute, ask)
        while found := DeterministicFailure.check(evidence):
            if found.status.red:
                return True
            for again in found.asks:
                evidence = _executed(evidence, execute, again)
    return False


def measure(quick: bool) -> list[Goal]:
    """The share of red among cells of an unchanged build, and what is found of a real failure."""
    part = 4 if quick else 1
    goals = [g for n, rate in enumerate(RATES) for g in _alarms(rate, [77, n], part)]
    real = _count(lambda: in_turns(turns(LEVEL))(lambda: True, lambda: False), 100)
    broken = _count(lambda: accused(_broken), 100)
    return [
        *goals,
        at_least("ours, a check that is broken", real, 0.95),
        at_least("ours, a canary that is broken at one seed", broken, 0.95),
    ]


def _alarms(rate: float, seed: Sequence[int], part: int) -> Iterator[Goal]:
    """What is red of a build that has not changed."""
    rng, few = np.random.default_rng(seed), turns(LEVEL)

    def fails() -> bool:
        return bool(rng.random() < rate)

    def share(rule: Rule, number: int) -> Count:
        return _count(lambda: rule(fails, fails), number // part)

    for name, rule in RIVALS.items():
        told = at_most(f"{name}: p = {rate:g}", share(rule, CHECKS // 10), 1.0)
        yield replace(told, goal="-")
    yield at_most(
        f"ours, a check in {few} turns: p = {rate:g}", share(in_turns(few), CHECKS), LEVEL
    )
    for label, rates in _seeds(rate, rng):
        flaky = Flaky(rates, rng)
        count = _count(partial(accused, flaky), CANARIES // part)
        yield at_most(f"ours, a canary, {label}: p = {rate:g}", count, LEVEL)


def _seeds(rate: float, rng: np.random.Generator) -> Iterator[tuple[str, Sequence[float]]]:
    """All seeds alike; or one seed in five at that rate and the others never, as near a limit."""
    yield "all seeds", [rate] * CANARY.cap
    yield "some seeds", [rate if lot < 0.2 else 0.0 for lot in rng.random(CANARY.cap)]


def _broken(ask: Ask) -> Attempt:
    """The candidate fails at its third seed, each time."""
    failed = ask.arm == "candidate" and ask.seed == SUSPECTS - 1
    outcome = Outcome.ERROR if failed else Outcome.OK
    return Attempt("c", ask.arm, ask.seed, ask.number, "t", outcome, "d", None, {})


def _registered() -> Iterator[Ask]:
    for seed in CANARY.seeds():
        yield Ask("baseline", seed)
        yield Ask("candidate", seed)


def _executed(evidence: Evidence, execute: Callable[[Ask], Attempt], ask: Ask) -> Evidence:
    attempt = execute(ask)
    if ask.arm == "candidate":
        return replace(evidence, attempts=(*evidence.attempts, attempt))
    return replace(evidence, fresh=(*evidence.fresh, attempt))


def _count(red: Callable[[], bool], number: int) -> Count:
    return Count(sum(red() for _ in range(number)), number)


if __name__ == "__main__":
    main("Failures that repeat by chance", measure)
