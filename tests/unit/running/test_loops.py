from __future__ import annotations

import pytest

from qualify.core.attempt import Outcome, Training
from qualify.core.baseline import Replicate
from qualify.core.verdict import Status
from qualify.judging.cell import SimpleJudge
from qualify.running.executing import Execution
from qualify.running.lab import CandidateFailedError, Lab
from qualify.running.loops import CanaryLoop, CheckLoop
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


def execution(trainer: ScriptedTrainer | None = None, *, baseline: bool = True) -> Execution:
    builds = {"candidate": build("new")} | ({"baseline": build("old")} if baseline else {})
    return Execution(
        cell(), builds, MemoryLedger(), trainer or ScriptedTrainer(), TickingClock(), {}
    )


def stored(*seeds: int) -> tuple[Replicate, ...]:
    loss = {"log_loss": 0.3}
    return tuple(Replicate("wine", s, f"data-{s}", Outcome.OK, f"old-{s}", loss) for s in seeds)


def fill_check(function, at: Execution):
    return CheckLoop(function, OneDataset()).fill(at)


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
    verdict = CanaryLoop(canary(), CountingJudge(4), stored(*range(20)), 0.05, 0.05).fill(at)
    assert (verdict.status, verdict.trainings) == (Status.PASSED, 4)
    assert at.trainer.order == [("candidate", s) for s in range(4)]


@pytest.mark.parametrize(("interleaved", "values"), [(True, stored(0, 1)), (False, ())])
def test_a_canary_side_by_side_trains_pairs(interleaved, values):
    """Asked to, or without stored values, both arms are trained and counted."""
    at, judge = execution(), CountingJudge(3)
    loop = CanaryLoop(canary(interleaved=interleaved), judge, values, 0.05, 0.05)
    assert loop.fill(at).trainings == 6
    assert [s for _, s in at.trainer.order] == [0, 0, 1, 1, 2, 2]
    assert judge.baselines == [0, 1, 2, 3]


def test_a_canary_without_stored_values_is_judged_to_its_end():
    """Falling back to side-by-side trainings, the rule waits for all pairs that may come."""
    at = execution()
    of = canary(cap=6)
    verdict = CanaryLoop(of, SimpleJudge(), (), 0.05, 0.05).fill(at)
    assert verdict.status is Status.PASSED
    assert verdict.metrics[0].code == "Q002"
    assert verdict.trainings >= 6


def test_a_canary_stops_at_its_cap():
    """Where nothing decides, no more is trained than was registered."""
    at = execution()
    CanaryLoop(canary(cap=3), CountingJudge(99), stored(*range(3)), 0.05, 0.05).fill(at)
    assert len(at.trainer.asked) == 3


def test_a_seed_that_failed_is_executed_again():
    """A failure is repeated with the same seed and another number, the candidate alone."""
    trainer = ScriptedTrainer(
        lambda t: Outcome.CRASHED if (t.arm, t.number) == ("candidate", 1) else Outcome.OK
    )
    at = execution(trainer)
    CanaryLoop(canary(interleaved=True), CountingJudge(2), (), 0.05, 0.05).fill(at)
    assert rounds(at) == [("candidate", 1), ("baseline", 1), ("candidate", 2)]


def test_a_check_that_holds_runs_once():
    """One round of the candidate is enough for a promise that is kept."""
    at = execution()
    verdict = fill_check(fails_for(), at)
    assert (verdict.status, verdict.trainings) == (Status.PASSED, 1)
    assert rounds(at) == [("candidate", 1)]


def test_a_check_that_breaks_is_asked_of_the_baseline_and_again():
    """Red needs a baseline that holds and a second broken round, which trains anew."""
    at = execution()
    verdict = fill_check(fails_for("candidate"), at)
    assert (verdict.status, verdict.trainings) == (Status.FAILED, 3)
    assert "broken on candidate" in verdict.reason
    assert rounds(at) == [("candidate", 1), ("baseline", 1), ("candidate", 2)]


def test_a_check_that_the_baseline_breaks_is_no_regression():
    """What the reference breaks as well does not hold the release."""
    at = execution()
    assert fill_check(fails_for("candidate", "baseline"), at).status is Status.FLAKY
    assert rounds(at) == [("candidate", 1), ("baseline", 1)]


def test_a_check_that_breaks_once_decides_nothing():
    """Broken in one of two rounds is undecided."""
    broken = iter([True, False])

    def check(lab: Lab) -> None:
        assert lab.arm == "baseline" or not next(broken)

    assert fill_check(check, execution()).status is Status.INCONCLUSIVE


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
