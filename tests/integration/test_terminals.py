"""What a terminal can show must not decide whether the tool works."""

import os
import subprocess
import sys
from pathlib import Path

BASELINE = Path(__file__).parents[2] / "baselines/flaml/2.6.0/py311-cpu-locked.jsonl"


def test_an_ascii_terminal_loses_glyphs_and_nothing_else():
    """Where the terminal has no Unicode, the words still come and the command succeeds."""
    variables = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "qualify", "baseline", "show", str(BASELINE)],
        env=variables,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"breast_cancer" in done.stdout
    assert done.stdout.isascii()
