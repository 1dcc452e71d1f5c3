"""Apache Otava and ruptures beside ours, in an environment that they have for themselves.

They pin other versions of numpy than the harness needs, so they are called in a child process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qualify.building.tools import find_uv, index_settings

WANTED = ("apache-otava==0.8.0", "ruptures==1.1.10")
NAMES = ("Apache Otava", "ruptures, l2", "ruptures, rbf")
CHILD = Path(__file__).with_name("_rivals_child.py")

Found = dict[str, list[list[int]]]


@dataclass(frozen=True)
class Rivals:
    """A python that has them."""

    python: Path

    def find(self, histories: Sequence[Sequence[float]]) -> Found:
        """Where each finds steps in each history: the positions they begin at, by method."""
        asked = json.dumps([list(map(float, one)) for one in histories])
        command = [str(self.python), "-I", str(CHILD)]
        alone = {**os.environ, "OMP_NUM_THREADS": "1"}
        ran = subprocess.run(
            command, input=asked, capture_output=True, text=True, check=True, env=alone
        )
        found: Found = json.loads(ran.stdout)
        return found


@contextmanager
def rivals() -> Iterator[Rivals]:
    """Install them into a temporary folder; raises CalledProcessError where that fails."""
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        python = Path(folder) / "bin" / "python"
        settings = {**os.environ, **index_settings(os.environ)}
        for command in _commands(folder, str(python)):
            subprocess.run(command, check=True, env=settings)
        yield Rivals(python)


def _commands(folder: str, python: str) -> tuple[list[str], list[str]]:
    uv = find_uv()
    if uv is None:
        pip = [python, "-m", "pip", "install", "--quiet"]
        return [sys.executable, "-m", "venv", folder], [*pip, *WANTED]
    made = [str(uv), "venv", "--quiet", "--python", sys.executable, folder]
    return made, [str(uv), "pip", "install", "--quiet", "--python", python, *WANTED]
