"""Qualify real releases of a package one after another, each against the one before it.

    python docs/examples/releases.py flaml              run what has not been run, and bundle it
    python docs/examples/releases.py flaml --page DIR   draw the page of the committed bundle

It is the tool's own command line in a loop; what it did before is kept. A held release does not
end the loop: that is a result. Each package has a folder in docs/releases/: its configuration, the
bundle of its builds and the account of what is red in them.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from itertools import pairwise
from pathlib import Path

HOME = Path(__file__).parents[1] / "releases"
DECIDED = (0, 1, 3)  # ship, hold, inconclusive: docs/reference/exit-codes.md
RELEASES = {
    "flaml": (
        *("2.0.0", "2.0.1", "2.0.2", "2.1.0", "2.1.1", "2.1.2", "2.2.0"),
        *("2.3.0", "2.3.2", "2.3.4", "2.4.0", "2.5.0", "2.6.0", "2.7.0"),
    ),
    "evalml": ("0.80.0", "0.81.1", "0.82.0", "0.83.0", "0.84.0"),
    "autogluon": ("1.4.0", "1.5.0", "1.6.0", "1.6.3"),
    "mljar": ("1.2.0", "1.2.1", "1.2.2", "1.3.0", "1.3.2"),
}
NAMES = {"autogluon": "autogluon.tabular", "mljar": "mljar-supervised"}
# Kept of a build: what its ledger derives everything from, not logs and models.
KEPT = ("identity", "plan.json", "candidate.json", "baseline.json", "decision.json", "ledger.jsonl")


def qualify(package: str, work: Path) -> int:
    """Qualify each release against the one before it, the oldest first."""
    config = HOME / package / "qualify.toml"
    for before, release in pairwise(RELEASES[package]):
        name = NAMES.get(package, package)
        builds = ("--baseline", f"{name}=={before}", "--candidate", f"{name}=={release}")
        command = [sys.executable, "-m", "qualify", "run", "--config", str(config), *builds]
        code = subprocess.run([*command, "--work", str(work), *selected()], check=False).returncode
        if code not in DECIDED:
            return code
    return 0


def selected() -> list[str]:
    """The cells of docs/releases/cells.txt: cheap ones of every suite."""
    lines = (HOME / "cells.txt").read_text().split()
    return [word for line in lines for word in ("--select", line)]


def bundle(package: str, work: Path) -> Path:
    """Pack what a page is drawn from."""
    packed = HOME / package / "builds.tar.xz"
    with tarfile.open(packed, "w:xz") as out:
        for folder in sorted((work / "builds").glob("B*")):
            for path in (folder / name for name in KEPT):
                if path.exists():
                    _add(out, path, f"builds/{folder.name}/{path.name}")
    return packed


def _add(out: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file without the folder of this machine that it names."""
    data = path.read_text().replace(str(Path.cwd()), ".").encode()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    out.addfile(info, io.BytesIO(data))


def page(package: str, work: Path) -> int:
    """Draw the bundle's builds."""
    with tarfile.open(HOME / package / "builds.tar.xz") as packed:
        packed.extractall(work, filter="data")
    config = HOME / package / "qualify.toml"
    command = [sys.executable, "-m", "qualify", "grid", "--config", str(config)]
    return subprocess.run([*command, "--work", str(work)], check=False).returncode


def main(package: str, *rest: str) -> int:
    """Run and bundle, or draw."""
    if rest[:1] == ("--page",):
        return page(package, Path(rest[1]))
    work = Path(".qualify") / "releases" / package
    code = qualify(package, work)
    print(bundle(package, work))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
