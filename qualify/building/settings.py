"""Which index the user chose, for pip or for uv."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache

PYPI = "https://pypi.org/simple"
_TIMEOUT_S = 60


def chosen(environment: Mapping[str, str]) -> str:
    """The index that the user configured for uv or pip; empty where there is no such wish."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    first = next((environment[n] for n in names if environment.get(n)), "")
    return _bare(first or _pip_settings(_pip_file(environment)).get("index-url", ""))


def configured(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The chosen index or PyPI, then the extra ones in order."""
    names = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL")
    extras = " ".join(environment.get(n, "") for n in names).split()
    more = extras or _pip_settings(_pip_file(environment)).get("extra-index-url", "").split()
    return tuple(dict.fromkeys([chosen(environment) or PYPI, *map(_bare, more)]))


def _bare(url: str) -> str:
    """Without uv's `name=` and without a slash at the end."""
    name, equals, rest = url.partition("=")
    return (rest if equals and "/" not in name else url).rstrip("/")


def _pip_file(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The variables that decide which files pip reads."""
    names = ("PIP_CONFIG_FILE", "HOME")
    return tuple((name, environment[name]) for name in names if environment.get(name))


@lru_cache(maxsize=8)
def _pip_settings(files: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The global values of the user's pip configuration; none where there is no pip."""
    pip = shutil.which("pip") or "pip"
    command = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else [pip]
    try:
        done = subprocess.run(
            [*command, "config", "list"],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env={**os.environ, **dict(files)},
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    rows = (line.partition("=") for line in done.stdout.decode("utf-8", "replace").splitlines())
    return {
        name.removeprefix("global."): value.strip("'\"").replace("\\n", " ")
        for name, _, value in rows
        if name.startswith("global.")
    }
