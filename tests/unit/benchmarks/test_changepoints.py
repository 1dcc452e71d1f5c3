"""The benchmark of steps counts what it says."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks._placed import METHODS, Place, outcome, outcomes
from benchmarks._planted import BUILDS, REPLICATES, History, Setting, releases, settings, spliced
from benchmarks._scored import alarms, result
from benchmarks.replays import replays
from benchmarks.rules.noises import GAUSSIAN

BLANK = np.zeros((BUILDS, REPLICATES))


class Agreeing:
    """Rivals that always name build 50."""

    def find(self, histories):
        return {name: [[50] for _ in histories] for name in METHODS}


def test_found_is_near_and_of_the_right_sign():
    """A step at most five builds away counts once; one the wrong way is no alarm, and no find."""
    history = History(BLANK, 40, 1.0)
    ended = outcome(
        [history] * 4,
        [
            [Place(41, 2.0), Place(44, 1.0)],
            [Place(45, 0.1)],
            [Place(40, -1.0)],
            [Place(46, 1.0), Place(39, 1.0)],
        ],
    )
    assert ended.found == [True, True, False, True]
    assert ended.exact == [True, False, False, True]
    assert ended.distance == [1, 5, 1]
    assert ended.alarms == [0, 0, 0, 1]


def test_every_alarm_of_a_quiet_history_is_false():
    """Two alarms in two quiet histories are one in a hundred builds."""
    ended = outcome([History(BLANK)] * 2, [[Place(3, 1.0), Place(50, 1.0)], []])
    assert ended.alarms == [2, 0]
    assert alarms(ended).failed / alarms(ended).total == pytest.approx(0.01)


def test_all_methods_see_the_same_histories():
    """Others get means, and the sign of their shift is that of the segments they make."""
    noise = Setting(GAUSSIAN).draw(np.random.default_rng(0), 0.0).values
    for shift in (6.0, -6.0):
        planted = History(noise + shift * (np.arange(BUILDS) >= 50)[:, None], 50, shift)
        found = outcomes([planted], Agreeing())
        assert all(found[name].exact == [True] for name in METHODS)


def test_the_smallest_shift_is_interpolated():
    """Half are found at one standard deviation, all at two: four of five at 1.6."""
    shares = {0.0: [0, 0], 1.0: [0, 1], 2.0: [1, 1]}
    ended = {}
    for shift, found in shares.items():
        one = outcome([History(BLANK, 40, 1.0)] * 2, [[Place(40, 1.0)] * hit for hit in found])
        ended[shift] = {"ours": one}
    assert result("any", "ours", ended).smallest == pytest.approx(1.6)


@pytest.mark.parametrize("setting", settings(list(replays().values())), ids=lambda s: s.name)
def test_planted_steps_are_where_they_are_said_to_be(setting):
    """The histories' steps have the size and the sign that they are scored by."""
    history = setting.draw(np.random.default_rng(1), 50.0)
    first = history.first
    assert history.values.shape == (BUILDS, REPLICATES)
    assert first is not None
    moved = history.means[first:].mean() - history.means[:first].mean()
    assert moved == pytest.approx(history.shift, rel=0.05)
    assert setting.draw(np.random.default_rng(1), 0.0).first is None


def test_splices_are_of_recorded_builds():
    """Every training of a quiet splice is one that was recorded; others differ by their shift."""
    for replay in replays().values():
        rng = np.random.default_rng(2)
        quiet = spliced(rng, replay, None)
        assert quiet.first is None
        known = np.concatenate([replay.losses[arm] for arm in next(iter(replay.reruns))])
        assert np.isin(quiet.values, known).all()
        for other in releases(replay):
            one = spliced(rng, replay, other)
            if one.first is not None:
                moved = one.means[one.first :].mean() - one.means[: one.first].mean()
                spread = one.means[: one.first].std() + one.means[one.first :].std()
                assert abs(moved - one.shift) <= spread + 1e-12
