"""What was executed of each seed."""

from __future__ import annotations

import pytest

from qualify.core.attempt import Outcome
from qualify.core.errors import EvidenceError
from qualify.judging.cell import judge
from qualify.judging.history import histories
from tests.trainings import attempt, canary, evidence, reference


@pytest.mark.parametrize("seeds", [(1,), (0, 2), (1, 0), (0, 1, 3, 2)])
def test_seeds_in_another_order_than_registered_are_refused(seeds: tuple[int, ...]) -> None:
    """Whoever may choose the seeds that count chooses the verdict: a missing one is an error."""
    with pytest.raises(EvidenceError, match="are registered") as caught:
        judge(evidence(canary(), [attempt(s) for s in seeds], reference()))
    assert "--fresh" in caught.value.remedy
    assert str(list(seeds)) in caught.value.message


def test_seeds_beyond_the_registered_are_another_matter() -> None:
    """Trainings of a confirmation are no replicates of the first test."""
    found = histories(range(20), [attempt(0), attempt(20), attempt(1), attempt(21)])
    assert [h.seed for h in found] == [0, 1]


def test_executions_come_in_the_order_of_their_numbers() -> None:
    """A ledger that is read in another order tells the same history."""
    mine = [attempt(0, number=n, outcome=Outcome.ERROR) for n in (2, 1)]
    (history,) = histories(range(20), mine)
    assert [a.number for a in history.attempts] == [1, 2]
    assert history.next_number == 3


@pytest.mark.parametrize(
    ("outcomes", "settled", "given_up"),
    [
        ("o", True, False),
        ("e", False, False),
        ("ee", True, False),
        ("eo", True, False),
        ("i", False, False),
        ("ii", False, False),
        ("iii", False, True),
        ("iio", True, False),
        ("eiii", False, True),
        ("iie", False, False),
    ],
)
def test_when_a_seed_is_settled(outcomes: str, settled: bool, given_up: bool) -> None:
    """One result or two failures settle a seed; the runner's third trouble gives it up."""
    ends = {"o": Outcome.OK, "e": Outcome.ERROR, "i": Outcome.INFRA}
    mine = [attempt(0, number=n, outcome=ends[o]) for n, o in enumerate(outcomes, start=1)]
    (history,) = histories(range(20), mine)
    assert (history.settled, history.given_up) == (settled, given_up)
