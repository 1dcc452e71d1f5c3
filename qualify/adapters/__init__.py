"""One AutoML package a file.

An adapter runs in the candidate's environment; the harness only reads what it declares, so
the package itself is imported inside its functions.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType

from qualify.core.adapter import Adapter
from qualify.core.errors import ConfigError, nearest
from qualify.core.promises import PROMISES

_HERE = Path(__file__).parent
_FUNCTIONS = ("start", "table", "fit", "predict", "save", "load")
_DECLARATIONS = ("DISTRIBUTION", "MODULE", "REQUIREMENTS", "TASKS", "HONOURS", "ERRORS", "PRESET")


def names() -> list[str]:
    """The adapters that ship with the harness."""
    return sorted(p.stem for p in _HERE.glob("*.py") if p.stem != "__init__")


def describe(
    name: str, root: Path = Path(), others: Mapping[str, Path] = MappingProxyType({})
) -> Adapter:
    """Read an adapter's declarations, by name or by path; raises ConfigError.

    `others` are files that plugins add, by name; a name that ships with the harness stays its own.
    """
    path = root / name if name.endswith(".py") else _HERE / f"{name}.py"
    path = path if path.is_file() else others.get(name, path)
    if not path.is_file():
        known = (*names(), *others)
        raise ConfigError(f"there is no adapter {name!r}", nearest(name, known))
    module = _module(path)
    missing = [f for f in _FUNCTIONS if not callable(getattr(module, f, None))]
    missing += [d for d in _DECLARATIONS if not hasattr(module, d)]
    if missing:
        wanted = ", ".join((*_FUNCTIONS, *_DECLARATIONS))
        raise ConfigError(f"{path}: the adapter lacks {', '.join(missing)}", f"define {wanted}")
    return Adapter(
        name=path.stem,
        path=path.resolve(),
        distribution=module.DISTRIBUTION,
        module=module.MODULE,
        requirements=tuple(module.REQUIREMENTS),
        tasks=tuple(module.TASKS),
        honours=_known(path, "HONOURS", module.HONOURS, PROMISES),
        errors=tuple(module.ERRORS),
        preset=dict(module.PRESET),
        source=getattr(module, "SOURCE", "sdist"),
        extras=tuple(getattr(module, "EXTRAS", ())),
        inference=tuple(getattr(module, "INFERENCE", ())),
        estimators={t: tuple(names) for t, names in getattr(module, "ESTIMATORS", {}).items()},
    )


def _known(path: Path, where: str, words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    words, known = tuple(words), tuple(known)
    wrong = [
        f"unknown promise {word!r}; {nearest(word, known)}" for word in words if word not in known
    ]
    if wrong:
        raise ConfigError(f"{path}: {where}: {'; and '.join(wrong)}", "mend the adapter")
    return words


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_qualify_adapter_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} cannot be read as a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        remedy = "import the package inside the adapter's functions: the harness does not have it"
        raise ConfigError(f"{path} cannot be read: {error!r}", remedy) from error
    return module
