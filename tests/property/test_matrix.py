"""Laws of lanes and of selection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualify.core.matrix import MODES, RUNNERS, Lane, cell_id, matches

lanes = st.builds(
    Lane,
    st.integers(0, 99).map(lambda minor: f"3.{minor}"),
    st.sampled_from(RUNNERS),
    st.sampled_from(MODES),
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
cells = st.builds(cell_id, names, names, st.none() | lanes)
globs = st.lists(
    st.sampled_from(["*", "q*", "*@py311-*", "!*free", "!q*", "*cpu*", "!*"]) | cells, max_size=4
)


@given(lanes)
def test_a_lane_is_read_as_it_is_written(lane: Lane) -> None:
    """Writing a lane and reading it gives the lane."""
    assert Lane.parse(str(lane)) == lane


@given(lanes, lanes)
def test_lanes_have_different_names(one: Lane, other: Lane) -> None:
    """No two lanes share a name."""
    assert (str(one) == str(other)) == (one == other)


@given(lanes)
def test_a_reference_is_locked_and_its_own(lane: Lane) -> None:
    """The lane that a lane is judged by is locked, and is judged by itself."""
    assert lane.reference.mode == "locked"
    assert lane.reference.reference == lane.reference


@given(cells)
def test_every_cell_selects_itself(cell: str) -> None:
    """A cell's identifier is a selection that takes it, and with `!` one that does not."""
    assert matches(cell, [cell])
    assert not matches(cell, [f"!{cell}"])


@given(cells, globs)
def test_leaving_out_is_stronger(cell: str, patterns: list[str]) -> None:
    """What any pattern leaves out is not selected, whatever else is asked for."""
    assert not matches(cell, [*patterns, f"!{cell}"])


@given(cells, globs, st.randoms(use_true_random=False))
def test_the_order_of_patterns_is_nothing(cell: str, patterns: list[str], random) -> None:
    """Patterns are a set: neither order nor repetition changes what they select."""
    shuffled = patterns * 2
    random.shuffle(shuffled)
    assert matches(cell, shuffled) == matches(cell, patterns)


@given(cells, globs, cells)
def test_asking_for_more_never_selects_less(cell: str, patterns: list[str], more: str) -> None:
    """Beside a pattern that selects, another one takes nothing away."""
    wanted = [p for p in patterns if not p.startswith("!")]
    if wanted and matches(cell, patterns):
        assert matches(cell, [*patterns, more])


@given(cells)
def test_no_pattern_selects_all(cell: str) -> None:
    """Without a selection every cell is selected."""
    assert matches(cell, [])
