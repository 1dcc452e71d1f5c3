"""The house: which room may import which, and who may touch which library."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

HOME = Path(__file__).parents[2] / "qualify"

# From the foundation up; a room may import those below it. Rooms of one level do not know one
# another.
LEVELS = (
    {"core"},
    {"stats", "ports", "plugins", "probes"},
    {"judging"},
    {"building", "running", "storing", "rendering", "datasets", "adapters"},
    {"suite", "config"},
    {"wiring"},
    {"verbs", "services"},
    {"cli", "pytest_plugin"},
    {"__main__"},
)
LEVEL = {room: number for number, level in enumerate(LEVELS) for room in level}

# Stricter than the levels.
ONLY = {
    **dict.fromkeys(("ports", "config", "stats", "adapters", "plugins"), frozenset({"core"})),
    "probes": frozenset(),  # they run in the candidate's environment, as adapters do
}

# What a library may be imported by: rooms, or modules of a room.
HOLDERS = {
    "plotly": {"rendering"},
    "jinja2": {"rendering"},
    "rich": {"rendering", "cli"},
    "click": {"cli"},
    "pandas": {"storing", "rendering", "datasets", "running", "adapters"},
    "junitparser": {"rendering.junit", "storing.junitfile", "storing.junitcase"},
    "pytest": {"running", "pytest_plugin", "services"},
    "pydantic": {"storing", "running", "config", "wiring"},
    "psutil": {"running", "building"},
    # Adapters and probes import what is in the candidate's environment.
    "sklearn": {"running", "datasets", "adapters"},
    "scipy": {"stats", "probes"},
}
# Named exceptions, each with its reason.
EXCEPTIONS = {
    "services": {"pytest": "the type of `pytest.Config` in the services that the plugin is given"},
}


class Import(NamedTuple):
    """One import: by which module (dotted, without the package), of what, at which line."""

    module: str
    imported: str
    line: int

    @property
    def room(self) -> str:
        """The importing room."""
        return self.module.split(".")[0]

    @property
    def target(self) -> str:
        """The imported room; empty for another package and for the package itself."""
        parts = self.imported.split(".")
        inside = parts[0] == "qualify" and len(parts) > 1 and parts[1] in LEVEL
        return parts[1] if inside else ""

    def __str__(self) -> str:
        return f"qualify/{self.module.replace('.', '/')}:{self.line} imports {self.imported}"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package by its dotted name."""
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name or "__init__", ast.parse(path.read_text(encoding="utf-8"))


def imports() -> list[Import]:
    """Every import, wherever it stands: in a function or for type checking alike."""
    found = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [Import(name, alias.name, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}:{node.lineno}: imports are absolute here"
                dotted = [f"{node.module}.{alias.name}" for alias in node.names]
                found += [Import(name, d, node.lineno) for d in dotted]
    return found


IMPORTS = imports()


def test_every_room_has_a_place():
    """A module or folder that is new says first where in the house it belongs."""
    names = {p.stem for p in HOME.glob("*.py")} | {p.parent.name for p in HOME.glob("*/*.py")}
    assert names - {"__init__", HOME.name} == set(LEVEL)


def test_imports_point_down():
    """No room imports one of its own level or above, not even for type checking."""
    wrong = [
        str(i)
        for i in IMPORTS
        if i.target and i.target != i.room and LEVEL[i.target] >= LEVEL.get(i.room, -1)
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ONLY)
def test_narrow_rooms(room: str):
    """Ports, configuration, statistics and adapters know the core and nothing else of ours."""
    targets = {i.target for i in IMPORTS if i.room == room and i.target} - {room}
    assert targets <= ONLY[room]


@pytest.mark.parametrize("library", HOLDERS)
def test_libraries_stay_where_they_belong(library: str):
    """A heavy library is imported by the rooms that hold it only."""
    users = {
        i.module
        for i in IMPORTS
        if i.imported.split(".")[0] == library
        and i.room not in HOLDERS[library]
        and i.module not in HOLDERS[library]
    }
    assert users == set()


def test_exceptions_are_needed():
    """An exception that nothing uses any more is taken off the list."""
    used = {(i.module, i.imported.split(".")[0]) for i in IMPORTS}
    for module, libraries in EXCEPTIONS.items():
        assert {(module, library) for library in libraries} <= used


def test_plotly_outside_the_package_stays_in_dashboards():
    """Of the folders beside the package, only dashboards draw, and rivals that are measured."""
    home = HOME.parent
    files = [p for f in ("suites", "dashboards", "benchmarks") for p in (home / f).rglob("*.py")]
    imported = re.compile(r"^\s*(import|from) plotly", re.MULTILINE)
    drawing = {p.relative_to(home) for p in files if imported.search(p.read_text())}
    beside = {p.as_posix() for p in drawing if p.parts[0] != "dashboards"}
    assert beside <= {"benchmarks/_rival_pages.py"}


def standard_only(module: str) -> list[str]:
    """The imports of a module that are neither ours nor the standard library's."""
    top = sys.stdlib_module_names | {"__future__"}
    mine = [i for i in IMPORTS if i.module == module or i.module.startswith(f"{module}.")]
    return [str(i) for i in mine if i.imported.split(".")[0] not in {*top, "qualify"}]


def test_the_core_needs_nothing():
    """Frozen values and words import the standard library and one another."""
    assert standard_only("core") == []


def test_the_trainer_needs_nothing():
    """What runs in a candidate's environment imports the standard library, and nothing of ours."""
    assert standard_only("running.trainer") == []
    assert not [str(i) for i in IMPORTS if i.module == "running.trainer" and i.target]


def test_adapters_import_their_package_inside_functions():
    """An adapter can be read by the harness, which does not have the package."""
    for name, tree in modules():
        if name.startswith("adapters."):
            top = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
            names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
            names |= {str(n.module) for n in top if isinstance(n, ast.ImportFrom)}
            assert {n.split(".")[0] for n in names} <= sys.stdlib_module_names | {"__future__"}


def test_core_values_are_frozen():
    """Every dataclass of the core is frozen, so no room can change what another was given."""
    for name, tree in modules():
        for node in ast.walk(tree) if name.startswith("core.") else ():
            if isinstance(node, ast.ClassDef):
                made = [ast.unparse(d) for d in node.decorator_list]
                thawed = [d for d in made if "dataclass" in d and "frozen=True" not in d]
                assert thawed == [], f"{name}.{node.name}"
