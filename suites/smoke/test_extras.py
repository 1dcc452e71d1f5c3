"""The extras that a package publishes: they exist and resolve; nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from packaging.metadata import parse_email
from packaging.utils import canonicalize_name

from qualify.suite import CheckFailedError, Lab, NothingToCheckError, RunnerFailedError, check

NETWORK = ("failed to fetch", "connection", "resolve host", "timed out", "dns error", "retrying")
WAIT_S = 300


@check(owner="release", practice=("Monitor 1",))
def test_extras_install(lab: Lab) -> None:
    """The extras that the adapter names exist and resolve beside what is installed."""
    assert lab.build.wheel is not None, "there is no wheel"
    if not lab.adapter.extras:
        raise NothingToCheckError("the adapter names no extras")
    wheel = Path(lab.build.wheel.path)
    unknown = set(lab.adapter.extras) - offered(wheel)
    assert not unknown, f"{wheel.name} has no extra {', '.join(sorted(unknown))}"
    for extra in lab.adapter.extras:
        resolve(f"{lab.build.wheel.name}[{extra}] @ {wheel.as_uri()}", lab.environment.python)


def offered(wheel: Path) -> set[str]:
    """The extras of a wheel's metadata."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        raw, _ = parse_email(archive.read(name))
    return {canonicalize_name(extra) for extra in raw.get("provides_extra", [])}


def resolve(wanted: str, python: str) -> None:
    """Resolve a requirement into an environment; raises CheckFailedError with the telling lines."""
    try:
        ran = subprocess.run(
            [*installer(python), "--dry-run", wanted],
            env={**os.environ, **index()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RunnerFailedError(f"resolving {wanted} took more than {WAIT_S} s") from None
    said = ran.stderr.strip().splitlines()
    if ran.returncode and any(word in ran.stderr.lower() for word in NETWORK):
        raise RunnerFailedError(f"the package index does not answer: {' '.join(said[-1:])}")
    if ran.returncode:
        raise CheckFailedError(f"{wanted.partition(' @ ')[0]} does not resolve", tuple(said[-12:]))


def installer(python: str) -> list[str]:
    """Install by uv where there is one, else by the environment's own pip."""
    uv = shutil.which("uv") or shutil.which(Path(sys.executable).parent / "uv")
    return [uv, "pip", "install", "--python", python] if uv else [python, "-Im", "pip", "install"]


def index() -> dict[str, str]:
    """The index that is set for pip, for uv, too."""
    url = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL")
    return {"UV_DEFAULT_INDEX": url} if url else {}
