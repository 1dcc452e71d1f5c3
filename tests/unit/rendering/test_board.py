from qualify.core.grid import Grid
from qualify.rendering.board import days, groups, heads
from tests.factories import grid


def test_builds_are_grouped_by_day():
    """Neighbouring builds of one day share one head."""
    assert [(d.date, d.label, d.span) for d in days(grid())] == [
        ("2025-03-04", "4 Mar", 2),
        ("2025-03-02", "2 Mar", 1),
    ]


def test_the_newest_build_comes_first():
    """Columns keep the grid's order and carry the decision in words."""
    shown = heads(grid())
    assert [head.id[:5] for head in shown] == ["B0003", "B0002", "B0001"]
    assert shown[0].id == "B0003 · 2.3.5"
    assert shown[0].label == "B0003 2.3.5: hold. 2.3.5 is held: 3 gating cells are red."


def test_every_row_has_a_mark_for_every_build():
    """A build that does not know a cell has a mark too: not scheduled."""
    rows = [row for group in groups(grid()) for row in group.rows]
    assert {len(row.marks) for row in rows} == {3}
    assert rows[-1].marks[1].style == "not-scheduled"


def test_rows_are_grouped_by_suite():
    """A suite appears once, in the order of its first cell."""
    suites = [group.suite for group in groups(grid())]
    assert suites == ["build", "smoke", "quality", "reproducibility", "robustness", "performance"]


def test_a_mark_tells_its_evidence_on_hover():
    """Status, reason, effect, interval, margin and trainings are read without a click."""
    mark = next(g for g in groups(grid()) if g.suite == "quality").rows[0].marks[0]
    assert mark.label == "B0003 quality/breast_cancer@py311-cpu-locked: regressed"
    assert mark.tip.splitlines() == [
        "B0003 quality/breast_cancer@py311-cpu-locked",
        "▼ regressed: log_loss is worse than the baseline by 0.058 nat, margin 0.02",
        "log_loss: loss +0.058 [+0.0409 … +0.0751], margin 0.02 nat, n = 8 / 50",
        "8 trainings",
    ]


def test_an_empty_grid_has_nothing():
    """Before the first build there are no days, heads or groups."""
    empty = Grid("flaml", ())
    assert days(empty) == heads(empty) == groups(empty) == ()
