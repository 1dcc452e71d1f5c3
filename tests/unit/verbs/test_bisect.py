"""The search of a bisection, on suspects that answer as a test tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from qualify.cli.bisected import answer
from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate
from qualify.core.errors import BaselineError, CandidateError, ConfigError
from qualify.core.metric import METRICS
from qualify.stats.rates import Count
from qualify.verbs.bisecting.dependencies import versions
from qualify.verbs.bisecting.questions import Built, Trained, Worse, metric_of, question_of
from qualify.verbs.bisecting.searching import Found, Search, Wanted
from qualify.verbs.bisecting.suspects import Row, Suspect, row_of
from tests.fakes import canary

BUILDS = 16
ROW = Row("build", tuple(Suspect(f"a=={n}", f"a=={n}") for n in range(BUILDS)))
LOSSES = np.random.default_rng(1).standard_normal(50)
GOOD = tuple(
    Replicate("wine", seed, "", Outcome.OK, None, {"log_loss": float(loss)})
    for seed, loss in enumerate(LOSSES)
)


def attempt(seed: int, loss: float = 0.0, outcome: Outcome = Outcome.OK) -> Attempt:
    """A finished training."""
    metrics = {"log_loss": loss} if outcome is Outcome.OK else {}
    return Attempt("wine", "candidate", seed, 1, f"digest {seed}", outcome, metrics=metrics)


@dataclass
class Scripted:
    """Suspects whose trainings have the result that `answers` gives for a position and a seed."""

    answers: Callable[[int, int], Attempt]
    broken: dict[int, str] = field(default_factory=dict)
    earlier: dict[int, list[Attempt]] = field(default_factory=dict)
    prepared: list[int] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)

    def prepare(self, position: int) -> str:
        """Remember."""
        if position not in self.prepared:
            self.prepared.append(position)
        return self.broken.get(position, "")

    def cached(self, position: int) -> bool:
        """Only what was prepared."""
        return position in self.prepared

    def known(self, position: int) -> list[Attempt]:
        """What an earlier bisection left."""
        return self.earlier.get(position, [])

    def fresh_seed(self, replicates: Iterable[int] = ()) -> int:  # noqa: ARG002 -- its own
        """One after the other."""
        old = [a.seed for attempts in self.earlier.values() for a in attempts]
        return max([999, *old, *(seed for _, seed in self.asked)]) + 1

    def train(self, position: int, seed: int) -> Attempt:
        """Answer."""
        self.asked.append((position, seed))
        return self.answers(position, seed)


def shifted(first: int, shift: float = 2.0) -> Callable[[int, int], Attempt]:
    """Losses that are worse from a position on."""

    def answers(position: int, seed: int) -> Attempt:
        noise = np.random.default_rng(seed).standard_normal()
        return attempt(seed, float(noise + shift * (position >= first)))

    return answers


def failing(first: int, how: Outcome = Outcome.ERROR) -> Callable[[int, int], Attempt]:
    """Trainings that fail from a position on."""
    return lambda position, seed: attempt(seed, outcome=how if position >= first else Outcome.OK)


def search(tester: Scripted, question: Worse | Trained, row: Row = ROW, **wanted: object) -> Found:
    """Search, and tell what was found."""
    under_way = Search.begin(row, tester, question, Wanted(**wanted), silent, stored=True)
    under_way.trains(question)
    return under_way.found(question.by, question.effect(under_way.posterior.effects.tolist()))


def silent(_: str) -> None:
    """Report nothing."""


WORSE = question_of(METRICS["log_loss"], GOOD)
TRAINED = Trained(Count(0, 20))


@pytest.mark.parametrize("first", [1, 6, 11, 15])
def test_a_planted_culprit_is_found(first: int):
    """Noisy losses, two standard deviations worse from a build on: that build is named."""
    found = search(Scripted(shifted(first)), WORSE)
    assert found.sure
    assert found.culprits == range(first, first + 1)
    assert found.probability >= 0.95
    assert f"a=={first} is the first bad build, and a=={first - 1} is good" in answer(found)


def test_metrics_that_should_be_high_are_turned():
    """A lower AUC is worse."""
    good = [replace(r, metrics={"auc": -r.metrics["log_loss"]}) for r in GOOD]
    question = question_of(METRICS["auc"], good)

    def answers(position: int, seed: int) -> Attempt:
        made = shifted(9)(position, seed)
        return replace(made, metrics={"auc": -made.metrics["log_loss"]})

    assert search(Scripted(answers), question).culprits == range(9, 10)


def test_every_training_has_a_seed_of_its_own():
    """Builds whose code is the same would answer one seed twice alike."""
    tester = Scripted(shifted(6))
    search(tester, WORSE)
    seeds = [seed for _, seed in tester.asked]
    assert len(set(seeds)) == len(seeds)


def test_identical_predictions_are_the_good_ends():
    """A training that predicts as the good end's to the last bit clears its build at once."""
    twins = tuple(replace(r, predictions=f"p{r.seed}") for r in GOOD)
    question = question_of(METRICS["log_loss"], twins)

    def answers(position: int, seed: int) -> Attempt:
        loss = twins[seed % 50].metrics["log_loss"]
        if position < 11:
            return replace(attempt(seed % 50, loss), predictions=f"p{seed % 50}")
        return replace(attempt(seed % 50, loss + 1.0), predictions="other")

    found = search(Scripted(answers), question)
    assert found.culprits == range(11, 12)
    noisy = search(Scripted(shifted(11, 1.0)), WORSE)
    assert found.trainings < noisy.trainings
    assert any("identical to the good end's" in said for said in found.said[10])


def test_failures_are_found_in_few_trainings():
    """A failure that repeats needs little more than the classical bisection's looks."""
    tester = Scripted(failing(11))
    found = search(tester, TRAINED)
    assert found.sure
    assert found.culprits == range(11, 12)
    assert found.trainings <= 8


def test_failures_that_differ_are_pointed_at():
    """A suspect that fails for another reason counts as bad, and the reader is told to look."""

    def answers(position: int, seed: int) -> Attempt:
        return replace(failing(11)(position, seed), message=f"reason {position == 15}")

    assert "suspects fail in 2 ways" in answer(search(Scripted(answers), TRAINED))
    assert "ways" not in answer(search(Scripted(failing(11)), TRAINED))


def test_nothing_bad_is_said_to_be_so():
    """Where the bad end answers as the good one does, no build is accused, and none is built."""
    tester = Scripted(shifted(BUILDS))
    found = search(tester, WORSE)
    assert not found.sure
    assert "no suspect is bad, not even a==15" in answer(found)
    assert tester.prepared == [BUILDS - 1]


def test_a_stored_baseline_that_does_not_hold_is_said_to_be_so():
    """Where the good end answers as the bad one does, its replicates are doubted, no build."""
    found = search(Scripted(shifted(0, 4.0)), WORSE)
    assert not found.sure
    assert "its stored baseline does not hold" in answer(found)


def test_a_suspect_that_does_not_build_is_left_out():
    """It says nothing of the metric; where it stands at the step, both culprits are named."""
    tester = Scripted(shifted(8, 4.0), broken={8: "no compiler"})
    found = search(tester, WORSE)
    assert found.untestable == {8: "no compiler"}
    assert found.culprits == range(8, 10)
    assert "one of a==8, a==9 did it" in answer(found)


def test_a_suspect_that_fails_says_nothing_of_a_metric():
    """After two failures it is given up, and its neighbours are asked."""

    def answers(position: int, seed: int) -> Attempt:
        return attempt(seed, outcome=Outcome.ERROR) if position == 8 else shifted(5)(position, seed)

    tester = Scripted(answers)
    found = search(tester, WORSE)
    assert sum(position == 8 for position, _ in tester.asked) <= 2
    assert found.culprits == range(5, 6)


def test_the_budget_ends_it():
    """After the trainings that were allowed it is undecided, and says what is likeliest."""
    found = search(Scripted(shifted(6, 0.5)), WORSE, trainings=5)
    assert (found.trainings, found.stop, found.sure) == (5, "budget", False)
    assert answer(found).startswith("undecided, the trainings are spent; the likeliest:")


def test_earlier_trainings_count():
    """A bisection that was interrupted ends where an uninterrupted one does."""
    whole = Scripted(shifted(6))
    found = search(whole, WORSE)
    done: dict[int, list[Attempt]] = {}
    for position, seed in whole.asked[: len(whole.asked) // 2]:
        done.setdefault(position, []).append(shifted(6)(position, seed))
    rest = Scripted(shifted(6), earlier=done, prepared=list(whole.prepared))
    resumed = search(rest, WORSE)
    assert resumed.culprits == found.culprits
    assert len(rest.asked) <= len(whole.asked) - len(whole.asked) // 2 + 5


def test_builds_are_asked_once():
    """Whether a suspect builds, one look tells: no training, four looks between the ends."""
    tester = Scripted(failing(0), broken=dict.fromkeys(range(6, BUILDS), "no compiler"))
    under_way = Search.begin(ROW, tester, Built(), Wanted(), silent)
    under_way.builds()
    found = under_way.found("build", "the bad end does not build")
    assert found.sure
    assert found.culprits == range(6, 7)
    assert tester.asked == []
    assert len(tester.prepared) <= 5


def test_a_newer_good_end_mended_it():
    """Read backwards, the good neighbour is what changed."""
    row = replace(ROW, backwards=True)
    found = search(Scripted(failing(11)), TRAINED, row)
    assert "a==11 is the newest bad build, and a==10 is good: a==10 mended it" in answer(found)


def test_a_dependency_is_named_with_its_versions():
    """What changed is what did it."""
    moved = [Suspect(f"d{n}", "a", f"1.{n} → 2.{n}") for n in range(BUILDS)]
    found = search(Scripted(failing(3)), TRAINED, Row("dependency", tuple(moved)))
    assert answer(found).startswith("d3 1.3 → 2.3 did it")


def test_the_metric_is_the_canarys_first_or_the_one_asked_for():
    """Any quality metric of the task may be asked for; another is refused with a hint."""
    assert metric_of(canary(), None).name == "log_loss"
    assert metric_of(canary(), "auc").name == "auc"
    with pytest.raises(ConfigError, match="log_los") as caught:
        metric_of(canary(), "log_los")
    assert "did you mean 'log_loss'" in caught.value.remedy
    with pytest.raises(ConfigError):
        metric_of(canary(), "fit_seconds")


def test_too_few_replicates_are_refused():
    """Nine replicates are no distribution to be among."""
    with pytest.raises(BaselineError, match="9 of 9 replicates"):
        question_of(METRICS["log_loss"], GOOD[:9])


def test_named_builds_lie_between_the_ends(tmp_path):
    """The ends and what lies between, in order, each once."""
    row = row_of("a==1", "a==3", ("a==1", "a==2", "a==3"), tmp_path)
    assert [s.name for s in row.suspects] == ["a==1", "a==2", "a==3"]
    with pytest.raises(CandidateError, match="is not known"):
        row_of("a==1", "b==3", (), tmp_path)


def test_locks_are_read_by_name():
    """Names are compared as an index does."""
    assert versions(("Foo_bar==1", "baz==2")) == {"foo-bar": "1", "baz": "2"}
