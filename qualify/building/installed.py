"""What a virtual environment holds, read from its files without running any of them."""

from __future__ import annotations

from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from qualify.building.wheelfile import promises
from qualify.core.candidate import Wheel

SEEDS = frozenset({"pip", "setuptools", "wheel", "distribute"})


def site_of(venv: Path) -> Path:
    """The folder that packages are installed into; raises FileNotFoundError."""
    found = sorted(venv.glob("lib/python3.*/site-packages")) or [venv / "Lib" / "site-packages"]
    if not found[0].is_dir():
        raise FileNotFoundError(f"{venv} has no site-packages")
    return found[0]


def freeze(venv: Path, seeds: frozenset[str], without: str) -> tuple[tuple[str, ...], ...]:
    """The `name==version` lines of (dependencies, seeds), sorted, without the candidate."""
    found = {_name(d): d.version for d in distributions(path=[str(site_of(venv))])}
    lines = sorted((name, f"{name}=={version}") for name, version in found.items())
    lock = tuple(line for name, line in lines if name not in {*seeds, without})
    return lock, tuple(line for name, line in lines if name in seeds and name != without)


def present(venv: Path) -> frozenset[str]:
    """The names of all that is installed."""
    return frozenset(_name(d) for d in distributions(path=[str(site_of(venv))]))


def contradiction(venv: Path, wheel: Wheel) -> str:
    """In what the installed candidate differs from its wheel; empty when in nothing."""
    site = site_of(venv)
    mine = [d for d in distributions(path=[str(site)]) if _name(d) == wheel.name]
    if len(mine) != 1 or mine[0].version != wheel.version:
        shown = ", ".join(d.version for d in mine) or "nothing"
        return f"{wheel.name} {wheel.version} was to be installed, {shown} is there"
    for promise in promises(Path(wheel.path)):
        path = site / promise.name
        if not path.is_file() or not promise.kept_by(path.read_bytes()):
            return f"the installed {promise.name} is not the wheel's"
    return ""


def _name(distribution: Distribution) -> str:
    return canonicalize_name(str(distribution.metadata["Name"]))
