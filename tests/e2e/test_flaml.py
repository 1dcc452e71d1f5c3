"""The default target, for real: FLAML's wheels from the index, trained on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_default_target_ships_on_two_cells(tmp_path: Path):
    """The configured candidate passes a quality cell and its gates, and the page is drawn."""
    command = [sys.executable, "-m", "qualify", "run", "--json", "--work", str(tmp_path)]
    chosen = ("quality/breast_cancer@*-locked", "smoke/smoke@*-locked")
    for pattern in chosen:
        command += ["--select", pattern]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer["cells"].values()) <= {"passed", "improved"}
    assert any(name.startswith("quality/breast_cancer@") for name in answer["cells"])
    assert (tmp_path / "grid.html").stat().st_size > 10_000
