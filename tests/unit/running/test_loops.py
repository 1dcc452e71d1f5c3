from __future__ import annotations

from dataclasses import replace

import pytest

from qualify.core.attempt import Outcome, Training
from qualify.core.canary import Judged
from qualify.core.verdict import Status
from qualify.judging.cell import judge
from qualify.judging.evidence import Reference
from qualify.running.executing import Execution
from qualify.running.lab import CandidateFailedError, Lab
from qualify.running.loops import BATCH, CanaryLoop, CheckLoop
from tests.fakes import (
    LANE,
    CountingJudge,
    MemoryLedger,
    OneDataset,
    ScriptedTrainer,
    TickingClock,
    build,
    canary,
    cell,
)
from tests.trainings import LEVELS, losses, reference

STORED = (reference(),)
TURNS = 3


def execution(trainer: ScriptedTrainer | None = None, *, baseline: bool = True) -> Execution:
    builds = {"candidate": build("new")} | ({"baseline": build("old")} if baseline else {})
    return Execution(
        cell(), builds, MemoryLedger(), trainer or ScriptedTrainer(), TickingClock(), {}
    )


def loop(
    judged_by=judge, references: tuple[Reference, ...] = STORED, slots: int = 1, **changes: object
) -> CanaryLoop:
    """A loop of the canary, on so many idle slots."""
    of = canary(**changes)
    return CanaryLoop(of, judged_by, references, LEVELS, "salt", lambda: True, slots=lambda: slots)


def losing(shift: float = 0.0, **fails: object) -> ScriptedTrainer:
    """A trainer whose candidate loses so much, and whose baseline repeats what is stored."""
    stored = losses(50, stream="baseline")
    values = {"candidate": losses(80, shift), "baseline": stored}

    def measure(training: Training) -> dict[str, float]:
        return {"log_loss": values[training.arm][training.seed]}

    def predict(training: Training) -> str:
        known = training.arm == "baseline" and training.seed < 50
        return f"{'stored' if known else training.arm}-{training.seed}"

    return ScriptedTrainer(measure=measure, predict=predict, **fails)


def fill_check(function, at: Execution):
    return CheckLoop(function, OneDataset(), TURNS).fill(at)


def fails_for(*arms: str):
    def check(lab: Lab) -> None:
        lab.train()
        assert lab.arm not in arms, f"broken on {lab.arm}"

    return check


def rounds(at: Execution) -> list[tuple[str, int]]:
    return [(t.arm, t.number) for t in at.trainer.asked]


def test_a_canary_trains_until_it_is_decided():
    """Seeds are trained in order; where values are stored, the candidate's alone."""
    at = execution()
    verdict = loop(CountingJudge(4)).fill(at)
    assert (verdict.status, verdict.trainings) == (Status.PASSED, 4)
    assert at.trainer.order == [("candidate", s) for s in range(4)]


@pytest.mark.parametrize(("interleaved", "stored"), [(True, STORED), (False, ())])
def test_a_canary_side_by_side_trains_pairs(interleaved, stored):
    """Asked to, or without stored values, both arms are trained in turns, A B B A."""
    at, counting = execution(), CountingJudge(4)
    assert loop(counting, stored, interleaved=interleaved).fill(at).trainings == 8
    a, b = "candidate", "baseline"
    assert at.trainer.order == [(a, 0), (b, 0), (b, 1), (a, 1), (a, 2), (b, 2), (b, 3), (a, 3)]
    assert [len(e.fresh) for e in counting.seen] == [0, 1, 2, 3, 4]


def test_the_judge_is_told_what_the_cell_is_judged_by():
    """References, levels and the salt of ties come with the evidence, at every look."""
    counting = CountingJudge(2)
    loop(counting).fill(execution())
    assert all(e.references == STORED for e in counting.seen)
    assert {(e.levels, e.salt) for e in counting.seen} == {(LEVELS, "salt")}


def test_whether_identity_may_be_believed_is_asked_at_every_look():
    """What other cells show meanwhile counts."""
    said = iter([True, True, False])
    counting = CountingJudge(2)
    replace(loop(counting), repeatable=lambda: next(said)).fill(execution())
    assert [e.repeatable for e in counting.seen] == [True, True, False]


def test_an_unchanged_canary_passes_in_a_few_trainings():
    """The real judge, with real ranks, stops the loop."""
    at = execution(losing())
    verdict = loop().fill(at)
    assert verdict.status is Status.PASSED
    assert len(at.trainer.asked) == verdict.trainings <= 5


def test_a_worse_canary_is_confirmed_and_regressed():
    """The baseline is trained again at the first seeds before the cell is red."""
    at = execution(losing(0.04))
    verdict = loop().fill(at)
    assert verdict.status is Status.REGRESSED
    assert [t.seed for t in at.trainer.asked if t.arm == "baseline"] == [0, 1]


def test_a_canary_without_stored_values_is_judged_in_pairs():
    """Falling back to side-by-side trainings, the pairs decide."""
    at = execution()
    verdict = loop(references=()).fill(at)
    assert verdict.status is Status.PASSED
    assert verdict.metrics[0].code == "Q005"
    assert verdict.trainings == len(at.trainer.asked) >= 6


def test_a_canary_stops_at_its_cap():
    """Where nothing decides, no more is trained than was registered."""
    hovering = ScriptedTrainer(measure=lambda t: {"log_loss": 0.3035 + 0.001 * (-1) ** t.seed})
    at = execution(hovering)
    verdict = loop(cap=20, metrics=(Judged("log_loss", 0.006),)).fill(at)
    assert verdict.status is Status.INCONCLUSIVE
    assert at.trainer.order == [("candidate", s) for s in range(20)]


def test_a_seed_that_failed_is_executed_again():
    """A failure is repeated with the same seed and another number, the candidate alone."""
    at = execution(losing(script=lambda t: _crash(t) if t.number == 1 else Outcome.OK))
    loop(references=()).fill(at)
    assert rounds(at)[:3] == [("candidate", 1), ("baseline", 1), ("candidate", 2)]


@pytest.mark.parametrize(("slots", "width"), [(1, 1), (2, 2), (4, 4), (9, BATCH)])
def test_idle_slots_train_the_next_seeds(slots, width):
    """Up to four seeds are trained at once where slots are idle."""
    at, counting = execution(), CountingJudge(1)
    loop(counting, slots=slots).fill(at)
    assert sorted(at.trainer.order) == [("candidate", s) for s in range(width)]
    assert [a.seed for a in counting.seen[-1].attempts] == list(range(width))


def test_a_batch_ends_at_the_cap():
    """No seed beyond the registered is trained ahead."""
    at = execution()
    loop(CountingJudge(20), slots=3, cap=20).fill(at)
    assert max(seed for _, seed in at.trainer.order) == 19
    assert len(at.trainer.asked) == 20


def test_pairs_and_second_executions_come_one_by_one():
    """Seconds compare only within a pair, and a failure is settled before the next seed."""
    at = execution()
    loop(CountingJudge(2), (), slots=4).fill(at)
    assert [s for _, s in at.trainer.order] == [0, 0, 1, 1]
    at = execution(losing(script=lambda t: _crash(t) if t.arm == "candidate" else Outcome.OK))
    verdict = loop(slots=4).fill(at)
    assert verdict.status is Status.FAILED
    assert {t.seed for t in at.trainer.asked if t.number > 1 or t.arm == "baseline"} == {0}


@pytest.mark.parametrize("shift", [0.0, 0.005, 0.02, 0.04, -0.03])
def test_a_batch_is_judged_as_one_by_one(shift):
    """Training ahead wastes what the decision did not need, and changes no verdict."""
    alone, ahead = (loop(slots=slots).fill(execution(losing(shift))).status for slots in (1, BATCH))
    assert ahead.green is alone.green
    assert ahead.red is alone.red


def test_a_check_that_holds_runs_once():
    """One round of the candidate is enough for a promise that is kept."""
    at = execution()
    verdict = fill_check(fails_for(), at)
    assert (verdict.status, verdict.trainings) == (Status.PASSED, 1)
    assert rounds(at) == [("candidate", 1)]


def test_a_check_that_breaks_is_run_in_turns_with_the_baseline():
    """Red needs turns in which the baseline holds and the candidate breaks, each trained anew."""
    at = execution()
    verdict = fill_check(fails_for("candidate"), at)
    assert (verdict.status, verdict.code, verdict.trainings) == (Status.FAILED, "C003", 7)
    assert "broken on candidate" in verdict.reason
    turn = [(("baseline", n), ("candidate", n + 1)) for n in range(1, TURNS + 1)]
    assert rounds(at) == [("candidate", 1), *(each for both in turn for each in both)]


def test_a_check_that_the_baseline_breaks_is_no_regression():
    """What the reference breaks as well does not hold the release."""
    at = execution()
    assert fill_check(fails_for("candidate", "baseline"), at).status is Status.FLAKY
    assert rounds(at) == [("candidate", 1), ("baseline", 1)]


@pytest.mark.parametrize(
    ("baseline", "status", "said"),
    [
        ((False, True), Status.FLAKY, "the baseline breaks it, too: broken"),
        (
            (False, False, True),
            Status.INCONCLUSIVE,
            "broken in 3 of 3 rounds, and in 1 of 3 of the baseline's: broken",
        ),
    ],
)
def test_a_baseline_that_breaks_in_its_turn(baseline, status, said):
    """Every second time it is as flaky as the candidate; less often, nothing is decided."""
    breaks = iter(baseline)

    def check(lab: Lab) -> None:
        assert lab.arm == "baseline", "broken"
        assert not next(breaks), "broken"

    verdict = fill_check(check, execution())
    assert (verdict.status, verdict.reason) == (status, said)


def test_a_check_that_breaks_and_holds_decides_nothing():
    """Broken in some rounds and kept in another is undecided, and no round more is run."""
    broken = iter([True, True, False])

    def check(lab: Lab) -> None:
        assert lab.arm == "baseline" or not next(broken), "broken"

    verdict = fill_check(check, execution())
    assert (verdict.status, verdict.code) == (Status.INCONCLUSIVE, "C004")
    assert verdict.reason == "broken in 2 of 3 rounds: broken"


def test_a_check_without_a_baseline_build():
    """Where no baseline is at hand the candidate's two rounds decide."""
    at = execution(baseline=False)
    assert fill_check(fails_for("candidate"), at).status is Status.FAILED
    assert rounds(at) == [("candidate", 1), ("candidate", 2)]


def test_a_training_that_fails_breaks_its_check():
    """The reason names seed and outcome, in one line: the attempt has the log's."""
    trainer = ScriptedTrainer(lambda t: Outcome.OK if t.arm == "baseline" else Outcome.CRASHED)
    verdict = fill_check(lambda lab: lab.train(3), execution(trainer))
    assert verdict.status is Status.FAILED
    assert verdict.reason == "training with seed 3 ended crashed: crashed happened"


def test_a_check_may_look_at_a_failure():
    """`must_succeed=False` hands the failed attempt to the check."""
    seen = []
    at = execution(ScriptedTrainer(_crash))
    assert fill_check(lambda lab: seen.append(lab.train(must_succeed=False)), at).status is (
        Status.PASSED
    )
    assert seen[0].outcome is Outcome.CRASHED


def test_a_machine_that_fails_a_check():
    """A runner's failure ends the check as infrastructure and blames nobody else."""
    at = execution(ScriptedTrainer(lambda _: Outcome.INFRA))
    verdict = fill_check(lambda lab: lab.train(), at)
    assert (verdict.status, verdict.trainings) == (Status.INFRA, 1)


def test_a_defect_of_a_check_is_not_the_candidates():
    """An exception that is no broken promise reaches the harness."""
    with pytest.raises(ZeroDivisionError):
        fill_check(lambda _: 1 / 0, execution())


def test_a_reload_asks_for_the_saved_model():
    """A reload names the folder that the fit left, relative to the build's."""
    at = execution()
    fill_check(lambda lab: lab.train(reload=lab.train()), at)
    fitted, loaded = at.trainer.asked
    assert (fitted.action, loaded.action) == ("train", "reload")
    assert loaded.reload == "trainings/candidate-0-1/out/model"


def test_a_candidate_failure_carries_its_attempt():
    """What the error says is what the attempt says."""
    environment = build().environments[str(LANE)]
    training = Training(cell().id, "candidate", canary())
    attempt = ScriptedTrainer(_crash).train(training, build(), environment)
    error = CandidateFailedError(attempt)
    assert error.attempt is attempt
    assert error.tail == ("the last line",)


def _crash(_):
    return Outcome.CRASHED
