"""Which installer there is, and the settings that make pip and uv read the same index."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from qualify.building.files import disk_full, free, says_full
from qualify.building.index import Index
from qualify.building.process import Ran
from qualify.building.settings import chosen, configured
from qualify.core.errors import ConfigError, IndexUnreachableError

Installer = Literal["uv", "pip"]
_NAMES = ("auto", "uv", "pip")
_NETWORK = ("failed to fetch", "connection", "resolve host", "timed out", "dns error", "retrying")
_FLOOR = 64 * 1024**2


def find_uv() -> Path | None:
    """The uv on PATH, beside this python, or in the package of that name."""
    beside = Path(sys.executable).parent / "uv"
    found = shutil.which("uv") or shutil.which(beside)
    if found is None and importlib.util.find_spec("uv"):
        from uv import find_uv_bin

        found = find_uv_bin()
    return Path(found) if found else None


def choose(installer: str) -> Installer:
    """`auto` is uv where it is installed, else pip; raises ConfigError."""
    if installer not in _NAMES:
        raise ConfigError(f"{installer!r} is no installer", f"choose of {', '.join(_NAMES)}")
    there = find_uv() is not None
    if installer == "uv" and not there:
        raise ConfigError("uv is asked for and not installed", "pip install uv, or choose pip")
    return "uv" if installer != "pip" and there else "pip"


def index_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The index that the user chose for either tool, for both; and uv's folder on PATH."""
    index, uv = chosen(environment), find_uv()
    path = environment.get("PATH", os.defpath)
    return {
        **({"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index} if index else {}),
        **({"PATH": f"{path}{os.pathsep}{uv.parent}"} if uv else {}),
    }


def blame_machine(ran: Ran, folder: Path) -> None:
    """Raise when a tool failed for the machine's sake; the log alone is never believed.

    Raises DiskFullError, IndexUnreachableError.
    """
    log = ran.text.lower()
    if free(folder) < _FLOOR or says_full(log):
        raise disk_full(folder)
    index = Index(configured(os.environ)[0])
    if any(word in log for word in _NETWORK) and not index.reachable():
        raise IndexUnreachableError(
            "the package index does not answer", "check the network and the proxy variables"
        )
