import dataclasses

from qualify.rendering.changes import (
    Change,
    build_changes,
    environment_changes,
    pins,
    release_changes,
)
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
    """Another patch release of python is told after the dependencies."""
    now, then = environment("a==2", python="3.11.10"), environment("a==1", python="3.11.9")
    assert environment_changes(now, then) == (
        Change("changed", "a", "1", "2"),
        Change("changed", "python", "3.11.9", "3.11.10", "python"),
    )


def test_the_source_is_told_where_a_cell_has_no_lane():
    """The build's own cell sees what changed of the source; others see dependencies before it."""
    now, then = build("B2", "2", "2025-01-02", "a==2"), build("B1", "1", "2025-01-01", "a==1")
    names = [change.name for change in build_changes(now, then, None)]
    assert names == ["source", "version"]
    assert [change.name for change in build_changes(now, then, LANE)] == ["a", *names]


def test_a_release_tells_where_its_lanes_differ():
    """A change on every lane is told once; one on some lanes names them."""
    now, then = build("B2", "2", "2025-01-02", "a==2"), build("B1", "1", "2025-01-01", "a==1")
    lanes = {"x": environment("a==2", "b==2"), "y": environment("a==2")}
    older = {"x": environment("a==1", "b==1"), "y": environment("a==1")}
    found = release_changes(
        dataclasses.replace(now, environments=lanes), dataclasses.replace(then, environments=older)
    )
    assert [(c.name, c.lanes) for c in found] == [
        ("source", ()),
        ("version", ()),
        ("a", ()),
        ("b", ("x",)),
    ]


def test_a_new_harness_is_told_apart_from_the_machine():
    """The harness and the machine are parts of their own."""
    now, then = build("B2", "1", "2025-01-02"), build("B1", "1", "2025-01-01")
    moved = dataclasses.replace(now.provenance, harness="0.2.0", cpu="another")
    found = release_changes(dataclasses.replace(now, provenance=moved), then)
    assert [(c.part, c.name) for c in found] == [("machine", "CPU"), ("harness", "harness")]


def test_a_line_without_a_version_is_kept_whole():
    """A direct reference in a lock stays readable as a name."""
    assert pins(("a @ file:///a.whl",)) == {"a @ file:///a.whl": ""}
