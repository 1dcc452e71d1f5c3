"""From the trainings of an experiment to the causes of a canary's noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qualify.core.attempt import Attempt, Outcome
from qualify.core.canary import Budget, Canary, Judged, Limits
from qualify.judging.diagnosis import Diagnosis, diagnose
from qualify.judging.experiment import Condition, Observed, Run, Source
from tests.fakes import canary

PLAIN = canary(budget=Budget(12))
SETTINGS: dict[Source, Canary] = {
    "threads": canary(budget=Budget(12), limits=Limits(threads=4)),
    "clock": canary(budget=Budget(seconds=1.5)),
}
SAME, LEVEL = ("a", "a", "a", "a"), (0.3, 0.3, 0.3, 0.3)
OTHER = ("a", "b", "c", "a")
SEEDED = ("a", "a", "b", "c")
SEEDS, LEVELS = ("s1", "s2", "s3", "s4"), (0.30, 0.31, 0.32, 0.31)


def attempt(run: Run, digest: str, value: float, metric: str = "log_loss") -> Attempt:
    ok = bool(digest)
    return Attempt(
        "cell",
        "baseline",
        run.seed,
        run.number,
        "",
        Outcome.OK if ok else Outcome.ERROR,
        predictions=digest or None,
        metrics={metric: value} if ok else {},
        message="" if ok else "ValueError: no",
    )


def arm(
    source: Source, prints: Sequence[str], values: Sequence[float], *, of: Canary | None = None
) -> Observed:
    """An arm with these predictions ("" is a failure) and values of the metric."""
    used = of or SETTINGS.get(source, PLAIN)
    runs = tuple(
        Run(n) if source == "seed" else Run(0, n) if source == "split" else Run(0, 0, n)
        for n in range(1, len(prints) + 1)
    )
    name = used.metrics[0].name
    made = (attempt(r, p, v, name) for r, p, v in zip(runs, prints, values, strict=True))
    return Observed(Condition(used, runs, source), tuple(made))


def alone(name: str, prints: Sequence[str], budget: int = 12) -> Observed:
    """An estimator alone: seed 0 twice, then other seeds."""
    runs = (Run(0), Run(0, number=2), *(Run(seed) for seed in range(1, len(prints) - 1)))
    values = [0.3 + 0.01 * i for i in range(len(prints))]
    made = map(attempt, runs, prints, values)
    return Observed(Condition(canary(budget=Budget(budget)), runs, estimator=name), tuple(made))


def read(*found: Observed, of: Canary = PLAIN) -> Diagnosis:
    return diagnose("quality/wine", "tinyml 1.0", of, found, np.random.default_rng(1))


def said(found: Diagnosis, code: str) -> str:
    """The sentence of a cause; empty where it was not found."""
    return " | ".join(c.sentence for c in found.causes if c.code == code)


REPEATS = arm("repeat", SAME, LEVEL)


def test_a_search_bounded_by_wall_time_is_named():
    """Repeats that agree by iterations and not by seconds are the clock's doing."""
    found = read(REPEATS, arm("clock", OTHER, (0.3, 0.31, 0.32, 0.3)))
    assert said(found, "wall-time") == (
        "search bounded by wall time: with 12 iterations 4 of 4 trainings are bit-identical, "
        "with 1.5 s 2 of 4 trainings are bit-identical"
    )


def test_thread_races_are_named():
    """Repeats that agree with one thread and not with four are a race."""
    found = read(REPEATS, arm("threads", SEEDS, LEVELS))
    assert said(found, "thread-races").startswith("thread races: with 1 thread 4 of 4")
    assert "with 4 threads no two of 4 trainings" in said(found, "thread-races")


def test_rounding_is_no_race_of_consequence():
    """Predictions that differ where no metric does are said to."""
    found = read(REPEATS, arm("threads", SEEDS, (0.3, 0.3, 0.3 + 1e-15, 0.3)))
    assert "though the metrics are the same" in said(found, "thread-races")


def test_what_is_not_seeded_hides_the_modes():
    """Where plain repeats differ as much, neither clock nor threads are blamed for it."""
    found = read(
        arm("repeat", OTHER, LEVELS), arm("threads", OTHER, LEVELS), arm("clock", OTHER, LEVELS)
    )
    assert said(found, "unseeded") == (
        "one seed does not repeat: with one seed, 1 thread and 12 iterations, 2 of 4 trainings are "
        "bit-identical; not all is seeded"
    )
    assert said(found, "wall-time") == said(found, "thread-races") == ""
    assert said(found, "hidden").count("hides whether that adds") == 2


def test_a_mode_that_adds_to_what_is_not_seeded_is_named():
    """Where plain repeats differ a little and those by seconds a lot, the clock is named, too."""
    found = read(arm("repeat", OTHER, LEVELS), arm("clock", SEEDS, (0.1, 0.9, 0.5, 0.3)))
    assert said(found, "wall-time").startswith(
        "search bounded by wall time: 1.5 s instead of 12 iterations adds to log_loss a spread of "
    )


def test_the_choice_between_estimators_is_named():
    """Where each estimator repeats alone and all together do not, the choice is what differs."""
    repeats = arm("repeat", OTHER, LEVELS)
    assert said(read(repeats, alone("rf", SEEDED), alone("knn", SEEDED)), "unseeded-choice")
    assert not said(read(repeats, alone("rf", SEEDED), alone("knn", OTHER)), "unseeded-choice")
    assert not said(read(repeats), "unseeded-choice")


def test_without_a_budget_of_iterations_the_clock_stays_suspect():
    """A package that takes seconds only may be unseeded or bounded by them."""
    found = read(arm("repeat", OTHER, LEVELS, of=SETTINGS["clock"]))
    assert "or not seeded" in said(found, "wall-time-or-unseeded")


def test_modes_that_repeat_are_said_to():
    """Repeats that agree in every mode carry the rate that so few can show."""
    found = read(REPEATS, arm("threads", SAME, LEVEL), arm("clock", SAME, LEVEL))
    assert "at least 37%" in said(found, "repeats")
    assert "with 4 threads, 4 of 4" in said(found, "repeats")
    assert "with 1.5 s, 4 of 4" in said(found, "repeats")


@pytest.mark.parametrize(
    ("prints", "code"), [(SAME, "seed-ignored"), (SEEDS, "seed-acts"), (OTHER, "seed-acts")]
)
def test_whether_the_seed_acts(prints: Sequence[str], code: str):
    """One model from all seeds is a seed that is ignored."""
    assert said(read(REPEATS, arm("seed", prints, LEVELS)), code)


def test_the_split_that_makes_most_of_the_spread_is_named():
    """The source with the largest share comes with its interval, the others behind it."""
    splits = arm("split", tuple("pqrstuvw"), (0.1, 0.5, 0.3, 0.7, 0.2, 0.6, 0.4, 0.9))
    found = read(REPEATS, arm("seed", SEEDS, LEVELS), splits)
    sentence = said(found, "main-source-split")
    assert sentence.startswith("most of the spread of log_loss comes from the split: 100% (9")
    assert "the seed 0% (0-" in sentence
    assert "leave it open" not in sentence


def test_a_source_that_is_not_clearly_the_largest_is_left_open():
    """Two sources of about the same size are not told apart by four trainings."""
    splits = arm("split", SEEDS, (0.30, 0.31, 0.33, 0.31))
    causes = read(REPEATS, arm("seed", SEEDS, LEVELS), splits).causes
    assert "leave it open" in " ".join(c.sentence for c in causes)


def test_modes_that_the_canary_does_not_have_get_no_share():
    """The clock's part is shown, but is no share of a canary that is bounded by iterations."""
    arms = REPEATS, arm("clock", OTHER, LEVELS), arm("seed", SEEDS, LEVELS)
    shares = {p.source: p.share for p in read(*arms).parts}
    assert shares["clock"] is None
    assert shares["seed"] is not None
    timed = {p.source: p.share for p in read(*arms, of=SETTINGS["clock"]).parts}
    assert timed["clock"] is not None


def test_relative_metrics_are_decomposed_on_the_log_scale():
    """The spread of an rmse is relative: another unit of the target changes nothing."""
    of = canary(budget=Budget(12), task="regression", metrics=(Judged("rmse", 0.1),))

    def parts(unit: float) -> list[float]:
        seeds = arm("seed", SEEDS, [unit * v for v in (1.0, 1.1, 1.2, 1.1)], of=of)
        found = read(arm("repeat", SAME, [unit] * 4, of=of), seeds, of=of)
        assert "%" in found.parts[0].words
        return [p.sd.value for p in found.parts]

    assert parts(1.0) == pytest.approx(parts(1000.0))


def test_a_perfect_prediction_has_no_logarithm():
    """An rmse of 0 is left out of the decomposition rather than breaking it."""
    of = canary(budget=Budget(12), task="regression", metrics=(Judged("rmse", 0.1),))
    seeds = arm("seed", SEEDS, (1.0, 0.0, 1.2, 1.1), of=of)
    found = read(arm("repeat", SAME, (1.0,) * 4, of=of), seeds, of=of)
    assert {p.source for p in found.parts} == {"repeat"}


def test_a_canary_without_noise_says_so():
    """Where every training gives one value there is no source to name."""
    found = read(REPEATS, arm("seed", SAME, LEVEL), arm("split", SAME, LEVEL))
    assert said(found, "no-spread") == "log_loss is the same in every training"


KINDS = {
    "unseeded": (("a", "b", "c", "d"), ("a", "a", "a", "a")),
    "ignores the seed": (("a", "a", "a", "a"), ("b", "b", "b", "b")),
    "seeded by the search": (("a", "a", "c", "d"), ("b", "b", "b", "b")),
    "seeded": (("a", "a", "c", "d"), ("b", "b", "e", "f")),
    "failed": (("a", "", "", ""), ("", "", "", "")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_estimators_are_told_apart(kind: str):
    """Unseeded, deterministic, seeded by the search or by itself: digests tell which."""
    searched, single = KINDS[kind]
    found = read(REPEATS, alone("rf", searched), alone("rf", single, budget=1))
    assert [(f.estimator, f.kind) for f in found.families] == [("rf", kind)]
    assert "`rf`" in said(found, f"estimator-{kind.replace(' ', '-')}")


def test_estimators_of_a_kind_share_a_sentence():
    """A deterministic estimator is not called unseeded, and the words count the seeds."""
    same = ("a", "a", "a", "a")
    found = read(REPEATS, alone("lrl1", same), alone("knn", same), alone("rf", ("a", "b", "c")))
    assert said(found, "estimator-ignores-the-seed") == (
        "`lrl1`, `knn` ignore the seed: 3 seeds, one set of predictions, and repeats are the same "
        "(deterministic)"
    )
    assert said(found, "estimator-unseeded") == (
        "unseeded estimator: `rf` (log_loss up to 0.01 apart) gives different predictions at the "
        "same seed"
    )


def test_failures_are_told_and_left_out():
    """Trainings that failed take no part in the comparison."""
    found = read(arm("repeat", ("a", "", "a", "a"), LEVEL))
    assert found.lines[0].count == "3 of 3 trainings are bit-identical"
    assert "1 of 4 trainings failed: ValueError: no" in said(found, "failures")
    assert found.trainings == 4


def test_nothing_usable_names_no_cause():
    """Where every training failed, only that is said."""
    found = read(arm("repeat", ("", ""), (0, 0)), arm("seed", ("", ""), (0, 0)))
    assert {c.code for c in found.causes} == {"failures"}
    assert found.parts == ()
