import dataclasses

from qualify.core.changes import FirstBad
from qualify.core.verdict import Status
from qualify.rendering.since import changed, confidence, first_bad, last_green, shift
from tests.atlases import ROW, change, long_atlas

STEP = change([f"B{n}" for n in range(5)], 3)


def test_the_first_bad_build_is_told_with_its_interval():
    """Builds that decide nothing widen the interval; a row that never was green says so."""
    assert first_bad(FirstBad("r", "B1", "B2")) == "red since B2; B1, the build before, was green"
    assert first_bad(FirstBad("r", "B1", "B4", ("B2", "B3"))) == (
        "red since B4; came after B1, which was green, and up to B4 (2 undecided in between)"
    )
    assert first_bad(FirstBad("r", "", "B2")) == "red since B2, and no earlier build was green"


def test_a_step_is_told_with_its_levels_and_its_doubt():
    """Direction, levels with unit, size, confidence and the builds that may have made it."""
    assert changed(STEP, ROW) == (
        "log loss is worse since B3: from 0.31 to 0.36 nat (loss +0.05 [+0.04 … +0.06]); "
        "98.8 % sure that it changed; 90 % sure that it came from B2 to B4"
    )


def test_a_relative_step_is_told_in_per_cent():
    """On the log scale a step is a factor."""
    assert shift(dataclasses.replace(STEP, metric="rmse", shift=0.1)).startswith("+10.5 % [")


def test_confidence_is_never_rounded_up_to_certainty():
    """What is as good as sure is not called sure."""
    assert confidence(dataclasses.replace(STEP, confidence=0.99999)) == "> 99.9 %"


def test_the_last_good_build_is_one_that_passed():
    """A build in which the cell was flaky is taken only where no build passed it."""
    whole = long_atlas(4, 2).overview
    assert last_green(whole, ROW.id, "B0003").id == "B0002"
    codes = list(whole.statuses)
    codes[1] = tuple(Status).index(Status.FLAKY)
    flaky = dataclasses.replace(whole, statuses=bytes(codes))
    assert last_green(flaky, ROW.id, "B0003").id == "B0001"
    assert last_green(whole, "unknown", "B0003") is None
    assert last_green(whole, ROW.id, "B0000") is None
