"""The experiment of a diagnosis: which trainings it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.canary import Budget, Canary, Limits
from qualify.core.errors import InfrastructureError
from qualify.judging.experiment import Condition, Observed, Run
from qualify.verbs.diagnosing.experiment import Asked, Bench, experiment
from tests.fakes import canary, cell

ALL = ("seed", "iterations", "seconds", "threads", "estimators")
ASKED = Asked("quality/wine", repeats=3, levels=5, threads=4)
CANARY = canary(budget=Budget(12), limits=Limits(threads=2))


@dataclass
class Recorder:
    """Observes without training; a fit takes `fit_s` seconds and is half of its process."""

    fit_s: float = 1.234
    outcome: Outcome = Outcome.OK
    conditions: list[Condition] = field(default_factory=list)

    def observe(self, condition: Condition) -> Observed:
        self.conditions.append(condition)
        return Observed(condition, tuple(self.attempt(r.seed) for r in condition.runs))

    def attempt(self, seed: int = 0) -> Attempt:
        metrics = {"fit_seconds": 5.0, "log_loss": 0.3}
        made = Attempt("c", "baseline", seed, 1, "", self.outcome, metrics=metrics)
        return replace(made, wall_s=2 * self.fit_s, cpu_s=10.0)


def designed(
    of: Canary = CANARY, honours: tuple[str, ...] = ALL, asked: Asked = ASKED, **settings: object
) -> dict[str, Condition]:
    """The conditions by their source or estimator and budget."""
    found = experiment(of, asked, honours, Recorder(**settings).observe)
    conditions = [o.condition for o in found]
    return {c.source or f"{c.estimator}, {c.budget}": c for c in conditions}


def test_each_condition_varies_one_thing():
    """Beside plain repeats with one thread, each arm changes threads, budget, seed or split."""
    arms = designed()
    assert list(arms) == ["repeat", "threads", "clock", "seed", "split"]
    assert arms["repeat"].runs == arms["threads"].runs == arms["clock"].runs
    assert arms["repeat"].runs == (Run(0, 0, 1), Run(0, 0, 2), Run(0, 0, 3))
    settings = {name: (c.canary.budget, c.canary.limits.threads) for name, c in arms.items()}
    assert settings["threads"] == (Budget(12), 4)
    assert settings["clock"] == (Budget(seconds=1.2), 1)
    for name in ("repeat", "seed", "split"):
        assert settings[name] == (Budget(12), 1)
    assert {(r.split, r.number) for r in arms["seed"].runs} == {(0, 1)}
    assert {(r.seed, r.number) for r in arms["split"].runs} == {(0, 1)}


def test_arms_share_no_training():
    """The mean squares of the arms are independent: no training is in two of them."""
    arms = designed()
    plain = [run for name in ("repeat", "seed", "split") for run in arms[name].runs]
    assert len(plain) == len(set(plain)) == 3 + 5 + 5


@pytest.mark.parametrize(("fit_s", "seconds"), [(0.0123, 0.1), (12.34, 12.0), (0.456, 0.46)])
def test_the_time_budget_is_what_the_repeats_took(fit_s: float, seconds: float):
    """The median of the fits, in two digits, and never none at all."""
    assert designed(fit_s=fit_s)["clock"].canary.budget == Budget(seconds=seconds)


def test_a_canary_in_seconds_gets_about_as_many_iterations():
    """A short training tells how many iterations its seconds hold; its seconds stay the clock's."""
    arms = designed(canary(budget=Budget(seconds=3.0)), fit_s=0.5)
    assert arms["repeat"].canary.budget == Budget(48)
    assert arms["clock"].canary.budget == Budget(seconds=3.0)


@pytest.mark.parametrize(
    ("honours", "arms"),
    [
        (("seed", "iterations"), ["repeat", "seed", "split"]),
        (("seed", "iterations", "threads"), ["repeat", "threads", "seed", "split"]),
        (("seed", "iterations", "seconds"), ["repeat", "clock", "seed", "split"]),
    ],
)
def test_what_the_package_does_not_honour_is_left_out(honours: tuple[str, ...], arms: list[str]):
    """No condition asks for a setting that the package ignores."""
    assert list(designed(honours=honours)) == arms


def test_a_package_without_iterations_repeats_by_seconds():
    """Where only seconds bound the search, plain repeats are bounded by them."""
    arms = designed(canary(budget=Budget(seconds=2.0)), honours=("seed", "seconds"))
    assert list(arms) == ["repeat", "seed", "split"]
    assert arms["repeat"].canary.budget == Budget(seconds=2.0)


def test_without_a_fit_there_is_no_time_to_go_by():
    """Repeats that all failed leave the time budget out."""
    assert "clock" not in designed(outcome=Outcome.ERROR)


def test_estimators_are_trained_alone():
    """Each with the search and in a single fit: one seed twice, others once."""
    arms = designed(asked=Asked("c", repeats=3, threads=4, estimators=("rf", "lgbm")))
    names = ["rf, 12 iterations", "rf, 1 iteration", "lgbm, 12 iterations", "lgbm, 1 iteration"]
    assert list(arms)[5:] == names
    only = arms["rf, 1 iteration"]
    assert only.canary.options == {"estimators": ["rf"]}
    assert only.runs == (Run(0), Run(0, 0, 2), Run(1), Run(2))


def test_the_estimators_are_those_of_the_canary():
    """A canary that lists estimators has each of them looked at; a single fit is made once."""
    arms = designed(canary(budget=Budget(1), options={"estimators": ["rf", "xgboost"]}))
    assert list(arms)[5:] == ["rf, 1 iteration", "xgboost, 1 iteration"]


def test_every_run_is_trained_as_its_condition_says():
    """A training has the condition's canary, and the run's seed, split and number."""
    asked: list[Training] = []
    told: list[Run] = []

    def train(training: Training) -> Attempt:
        asked.append(training)
        return Recorder().attempt(training.seed)

    bench = Bench(cell(), "candidate", train, lambda _, run, __: told.append(run))
    runs = (Run(3, 4, 1), Run(3, 4, 2))
    found = bench.observe(Condition(CANARY, runs, "repeat"))
    assert [(t.seed, t.split, t.number, t.arm) for t in asked] == [
        (3, 4, 1, "candidate"),
        (3, 4, 2, "candidate"),
    ]
    assert {t.canary.budget for t in asked} == {Budget(12)}
    assert tuple(told) == runs
    assert len(found.attempts) == 2


def test_a_machine_that_fails_ends_the_experiment():
    """A failure of the runner is no finding about the package."""
    failing = Recorder(outcome=Outcome.INFRA)
    bench = Bench(cell(), "baseline", lambda _: failing.attempt(), lambda *_: None)
    with pytest.raises(InfrastructureError):
        bench.observe(Condition(CANARY, (Run(0),), "repeat"))
