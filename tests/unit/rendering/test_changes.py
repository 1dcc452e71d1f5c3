from qualify.rendering.changes import Change, build_changes, environment_changes, pins
from tests.factories import LANE, build, environment


def test_dependencies_are_added_removed_and_changed():
    """Every differing pin is told once, by name, with its version then and now."""
    now, then = environment("a==2", "c==1", "same==1"), environment("a==1", "b==1", "same==1")
    assert environment_changes(now, then) == (
        Change("changed", "a", "1", "2"),
        Change("removed", "b", "1", ""),
        Change("added", "c", "", "1"),
    )


def test_python_is_a_change_too():
    """Another patch release of python is told before the dependencies."""
    changes = environment_changes(environment(python="3.11.10"), environment(python="3.11.9"))
    assert changes == (Change("changed", "python", "3.11.9", "3.11.10"),)


def test_the_source_is_told_where_a_cell_has_no_lane():
    """The build's own cell sees what changed of the source alone."""
    now, then = build("B2", "2", "2025-01-02", "a==2"), build("B1", "1", "2025-01-01", "a==1")
    names = [change.name for change in build_changes(now, then, None)]
    assert names == ["source", "version"]
    assert "a" in [change.name for change in build_changes(now, then, LANE)]


def test_a_line_without_a_version_is_kept_whole():
    """A direct reference in a lock stays readable as a name."""
    assert pins(("a @ file:///a.whl",)) == {"a @ file:///a.whl": ""}
