"""What is wanted of steps in histories, and whether it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from benchmarks._placed import NEAR, OURS, Outcome, ours
from benchmarks._planted import BUILDS, History, Setting
from benchmarks._report import Goal, at_least, mean_at_most
from benchmarks._rivals import NAMES
from benchmarks._scored import CLEAR, alarms
from benchmarks.rules.noises import GAUSSIAN
from qualify.stats.changepoints import Step
from qualify.stats.rates import Count, upper_bound

WEAK = 0.75
"""The shift that methods are compared at; one of `CLEAR` must be found where it is."""
EXACT, HELD = 0.95, 0.9
ALARMS = 0.1
"""False alarms in a hundred quiet builds, at most."""
TIE = 0.05
"""Another method that finds so much more is better."""


def goals_of(name: str, ended: Mapping[float, Mapping[str, Outcome]]) -> Iterator[Goal]:
    """Few false alarms, clear steps where they are, weak ones found as often as others find them.

    Others are compared whatever false alarms they raise; of spliced builds there is one shift.
    """
    count = alarms(ended[0.0][OURS])
    rate, bound = 100.0 * count.failed / count.total, 100.0 * upper_bound(count)
    label = f"{name}: false alarms in 100 quiet builds"
    yield Goal(label, f"≤ {ALARMS:g}", rate, bound, bound <= ALARMS)
    shift, what = (WEAK, f"{WEAK:g}σ") if WEAK in ended else (CLEAR, "steps")
    if shift == WEAK:
        exact = ended[CLEAR][OURS].exact
        yield at_least(f"{name}: {CLEAR:g}σ, within one build", _of(exact), EXACT)
    for rival in NAMES:
        less = np.subtract(ended[shift][rival].found, ended[shift][OURS].found, dtype=np.float64)
        yield mean_at_most(f"{name}: {what}, found by {rival} less by ours", less, TIE)


def claims(name: str, histories: Sequence[History]) -> Iterator[Goal]:
    """Whether what ours says of a step holds: its builds, and the bounds of its shift."""
    told = [(h, s) for h in histories for s in ours(h) if _near(h, s)]
    held = _of([s.oldest <= (h.first or 0) <= s.newest for h, s in told])
    within = _of([s.bounds[0] <= h.shift <= s.bounds[1] for h, s in told])
    yield at_least(f"{name}: {CLEAR:g}σ, builds of 90% hold the right one", held, HELD)
    yield at_least(f"{name}: {CLEAR:g}σ, bounds of 95% hold the shift", within, HELD)


def missing(histories: int) -> Goal:
    """The build that made the step is missing, and one in ten of the others."""
    rng, setting = np.random.default_rng(25), Setting(GAUSSIAN, 0.2)
    held = []
    for _ in range(histories):
        whole = setting.draw(rng, CLEAR)
        gone = rng.random(BUILDS) < 0.1
        gone[whole.first] = True
        values = np.where(gone[:, None], np.nan, whole.values)
        found = ours(History(values, whole.first, whole.shift))
        held.append(any(s.oldest <= (whole.first or 0) <= s.newest for s in found))
    return at_least(f"{setting.name}: {CLEAR:g}σ in a missing build, named", _of(held), HELD)


def _near(history: History, step: Step) -> bool:
    return history.first is not None and abs(step.build - history.first) <= NEAR


def _of(flags: Sequence[bool]) -> Count:
    return Count(sum(flags), len(flags))
