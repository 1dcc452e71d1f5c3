"""The runner's trouble, through the judge of cells."""

from __future__ import annotations

from qualify.core.attempt import Outcome
from qualify.core.verdict import Ask, Status
from qualify.judging.cell import judge
from tests.trainings import attempt, attempts, canary, evidence, losses, reference, train, trains

STORED = reference()
SAME = losses(80)


def struck(*arms: str, seed: int = 0, times: int = 9):
    """The runner fails these arms at a seed, so many times."""

    def fails(ask: Ask) -> Outcome:
        hit = ask.arm in arms and ask.seed == seed and ask.number <= times
        return Outcome.INFRA if hit else Outcome.OK

    return trains(SAME, losses(80, stream="beside"), fails=fails)


def test_the_runners_trouble_is_executed_again_at_most_twice() -> None:
    """Two re-executions, each with a training of the baseline beside it, then infra."""
    verdict, asked = train(canary(), struck("candidate"), STORED)
    assert (verdict.status, verdict.code) == (Status.INFRA, "Q201")
    assert asked == [
        Ask("candidate", 0, 1),
        Ask("baseline", 0, 1),
        Ask("candidate", 0, 2),
        Ask("baseline", 0, 2),
        Ask("candidate", 0, 3),
    ]
    assert "the runner failed at seed 0 in 3 executions: infra happened" in verdict.reason


def test_trouble_of_the_candidate_alone_is_counted() -> None:
    """Executions that both arms have are compared: the runner failed only the candidate."""
    verdict, _ = train(canary(), struck("candidate"), STORED)
    assert verdict.failures is None  # nothing was trained
    verdict, _ = train(canary(("log_loss", 0.01)), struck("candidate", seed=1, times=2), STORED)
    assert verdict.status is Status.PASSED
    assert verdict.failures is not None
    assert verdict.failures.troubles == (2, 0)
    assert verdict.failures.failed == 0


def test_trouble_of_both_speaks_of_the_runner() -> None:
    """Where the baseline is struck at the same execution nothing is counted against either."""
    verdict, _ = train(canary(), struck("candidate", "baseline", times=2), STORED)
    assert verdict.failures is not None
    assert verdict.failures.troubles == (0, 0)


def test_trouble_that_passes_leaves_no_trace_in_the_metrics() -> None:
    """A seed that succeeds after the runner's trouble counts as any other."""
    mine = [attempt(0, outcome=Outcome.INFRA), attempt(0, SAME[0], number=2), *attempts(SAME)[1:4]]
    found = judge(evidence(canary(), mine, STORED))
    plain = judge(evidence(canary(), attempts(SAME[:4]), STORED))
    assert found.metrics == plain.metrics


def test_beside_a_trained_baseline_no_control_is_asked_for() -> None:
    """A pair has its control already."""
    verdict, asked = train(canary(), struck("candidate", times=1))
    assert asked[:3] == [Ask("candidate", 0), Ask("baseline", 0), Ask("candidate", 0, 2)]
    assert verdict.status is Status.PASSED
    assert verdict.failures is not None
    assert verdict.failures.troubles == (1, 0)


def test_a_failure_and_the_runners_trouble_at_one_seed() -> None:
    """Trouble during the second execution of a failure is executed again, too."""
    mine = [attempt(0, outcome=Outcome.ERROR), attempt(0, number=2, outcome=Outcome.INFRA)]
    verdict = judge(evidence(canary(), mine, STORED))
    assert verdict.status is Status.RUNNING
    assert Ask("candidate", 0, 3) in verdict.asks
