"""Find the interpreter of a lane among those that are really there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from qualify.building.process import scrubbed
from qualify.building.tools import find_uv

_ASK = "import platform, sys; print(platform.python_implementation(), platform.python_version())"
_TIMEOUT_S = 30


def find_python(version: str) -> Path | None:
    """A CPython `X.Y` that runs here; None when there is none. Nothing is downloaded."""
    return next((path for path in _candidates(version) if _is(path, version)), None)


@lru_cache(maxsize=256)
def version_of(python: Path) -> str:
    """The full version of a CPython, `3.11.7`; empty for what does not run or is none."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", _ASK],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=scrubbed(os.environ),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    name, _, version = done.stdout.strip().partition(" ")
    return version if done.returncode == 0 and name == "CPython" else ""


def _is(path: Path, version: str) -> bool:
    return version_of(path).split(".")[:2] == version.split(".")


def _candidates(version: str) -> Iterator[Path]:
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        yield Path(sys.executable)
    for folder in os.get_exec_path():
        path = Path(folder, f"python{version}")
        if os.access(path, os.X_OK):
            yield path
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True)
    yield from _managed(version)


def _managed(version: str) -> Iterator[Path]:
    """What uv installed itself."""
    uv = find_uv()
    if uv is None:
        return
    options = ["--offline", "--no-python-downloads", "--managed-python", "--no-project"]
    try:
        done = subprocess.run(
            [uv, "python", "find", *options, version],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if done.returncode == 0:
        yield Path(done.stdout.strip())
