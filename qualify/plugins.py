"""What installed packages add, by their entry points: folders of suites, and adapters.

An entry of the group `qualify.suites` names a package whose folder holds suites, one of
`qualify.adapters` a module that is an adapter. Nothing takes part because it is installed: a
configuration asks for it by name, or the error budget would depend on the environment.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from qualify.core.errors import ConfigError, nearest

SUITES, ADAPTERS = "qualify.suites", "qualify.adapters"
PLUGIN = "plugin:"


def suite_folder(written: str, root: Path) -> Path:
    """The folder that the configuration means: a path, or `plugin:NAME`; raises ConfigError."""
    if not written.startswith(PLUGIN):
        return (root / written).resolve()
    known = _entries(SUITES)
    name = written.removeprefix(PLUGIN)
    if name not in known:
        hint = nearest(name, known) if known else "no installed package has one"
        raise ConfigError(f"there is no plugin {name!r} with suites", hint)
    entry = known[name]
    places = _spec(entry).submodule_search_locations
    if not places:
        raise _broken(entry, f"{entry.module} is no package", "name the package of the suites")
    return Path(next(iter(places))).resolve()


def adapters() -> dict[str, Path]:
    """The file of every adapter that an installed package adds; raises ConfigError."""
    return {name: _file(entry) for name, entry in _entries(ADAPTERS).items()}


def _entries(group: str) -> dict[str, EntryPoint]:
    """The entries of a group; two of one name are refused, because order would choose."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        other = found.setdefault(entry.name, entry)
        if other.value != entry.value:
            raise _broken(entry, f"{_owner(other)} has one of that name, too", "uninstall one")
    return found


def _file(entry: EntryPoint) -> Path:
    origin = _spec(entry).origin
    if origin is None or not origin.endswith(".py"):
        raise _broken(entry, f"{entry.module} is no Python file", "name the adapter's module")
    return Path(origin).resolve()


def _spec(entry: EntryPoint) -> ModuleSpec:
    """Where the module is; only the packages around it are imported."""
    try:
        spec = importlib.util.find_spec(entry.module)
    except Exception as error:
        raise _broken(entry, f"it cannot be imported: {error!r}", "mend or uninstall it") from error
    if spec is None:
        raise _broken(entry, f"there is no module {entry.module}", "mend or uninstall it")
    return spec


def _broken(entry: EntryPoint, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"{_owner(entry)}: {entry.group}: {entry.name}: {what}", remedy)


def _owner(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "a plugin"
