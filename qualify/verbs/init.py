"""Init: a working skeleton for the qualification of one's own package."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

from packaging.utils import canonicalize_name

from qualify.core.errors import ConfigError
from qualify.storing.files import write_text

_TEMPLATES = Path(__file__).parents[1] / "templates" / "init"
_SUFFIX = ".tmpl"
_FILES = {
    "qualify.toml": "qualify.toml",
    "gitignore": ".gitignore",
    "adapters/adapter.py": "adapters/{module}.py",
    "suites/README.md": "suites/README.md",
    "suites/smoke/test_stages.py": "suites/smoke/test_stages.py",
    "suites/quality/canaries.toml": "suites/quality/canaries.toml",
    "suites/reproducibility/test_seeds.py": "suites/reproducibility/test_seeds.py",
    "sample/pyproject.toml": "sample/pyproject.toml",
    "sample/module.py": "sample/{module}/__init__.py",
    "github/workflows/qualify.yml": ".github/workflows/qualify.yml",
}
# What a folder has of its own is left as it is.
_LEFT_ALONE = {".gitignore"}
# The sample package requires these, so it cannot be one of them.
_REQUIRED = {"pandas", "scikit-learn"}


class _Named(Template):
    """A template whose marks no Python, TOML or workflow uses: `%%{name}`."""

    delimiter = "%%"


def init(folder: Path, name: str, *, force: bool = False) -> tuple[Path, ...]:
    """Write the skeleton; returns the files written. Raises ConfigError, and then writes none."""
    words = {"name": canonicalize_name(name), "module": _module(name)}
    written = {
        folder / target.format(**words): _rendered(source, words)
        for source, target in _FILES.items()
    }
    there = [path for path in written if path.exists()]
    mine = [path for path in there if path.name not in _LEFT_ALONE]
    if mine and not force:
        names = "\n  ".join(str(path) for path in mine)
        raise ConfigError(
            f"nothing is written, because this would overwrite:\n  {names}",
            "name another folder, or give --force",
        )
    kept = [path for path in there if path.name in _LEFT_ALONE]
    return tuple(write_text(path, text) for path, text in written.items() if path not in kept)


def _rendered(source: str, words: dict[str, str]) -> str:
    text = (_TEMPLATES / f"{source}{_SUFFIX}").read_text(encoding="utf-8")
    return _Named(text).substitute(words)


def _module(name: str) -> str:
    """The name under which the package is imported; raises ConfigError for one that cannot be."""
    module = re.sub(r"[-_.]+", "_", name).lower()
    if not module.isascii() or not module.isidentifier() or keyword.iskeyword(module):
        raise ConfigError(f"{name!r} cannot name a package", "use letters, digits and -")
    if canonicalize_name(name) in _REQUIRED:
        raise ConfigError(f"the sample package requires {name}", "give it another --name")
    return module
