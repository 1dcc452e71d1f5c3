"""Qualify real FLAML releases one after another, for a grid of more than one column.

Run it as `python docs/examples/releases.py [VERSION ...]`; it is the tool's own command line in a
loop, and what it did before is kept. A held release does not end the loop: that is a result.
"""

from __future__ import annotations

import subprocess
import sys

RELEASES = ("2.0.2", "2.1.2", "2.2.0", "2.3.6", "2.4.1", "2.5.0", "2.6.0", "2.7.0")
DECIDED = (0, 1, 3)  # ship, hold, inconclusive: docs/reference/exit-codes.md


def main(releases: tuple[str, ...]) -> int:
    """Qualify each release against the configured baseline, the oldest first."""
    for release in releases:
        command = [sys.executable, "-m", "qualify", "run", "--candidate", f"flaml=={release}"]
        code = subprocess.run(command, check=False).returncode
        if code not in DECIDED:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or RELEASES))
