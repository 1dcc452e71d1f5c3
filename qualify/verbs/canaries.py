"""Train: pytest fills the cells, its processes write the ledger, we watch it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from qualify.core.errors import InfrastructureError
from qualify.core.event import CellPlanned
from qualify.storing.builds import BuildFolder
from qualify.verbs.cells import pytest_command, pytest_environment
from qualify.wiring import Context

Watch = Callable[[BuildFolder, Callable[[], bool]], None]
# Pytest's own codes for a session that ran: all green, or some cell not green.
_RAN = (0, 1)
_NOTHING_COLLECTED = 5


def canaries(context: Context, folder: BuildFolder, watch: Watch, *, fresh: bool = False) -> None:
    """Fill the plan's cells; `watch` is called while they are being filled.

    Raises InfrastructureError when pytest itself breaks; cells without a terminal record are then
    `lost`.
    """
    for cell in folder.plan().chosen():
        folder.ledger.append(CellPlanned(context.clock.now(), cell.id))
    command = [*pytest_command(context), "-q", "--qualify-build", str(folder.path)]
    command += ["--qualify-parent", str(os.getpid()), *(["--qualify-fresh"] if fresh else [])]
    # One cell at a time a worker, the rest waits in one queue: cells differ a lot in length.
    jobs = min(context.config.jobs, len(folder.plan().selected))
    command += ["-n", str(jobs), "--dist", "load", "--maxschedchunk", "1"] if jobs > 1 else []
    log = folder.path / "pytest.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=context.home,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=pytest_environment(),
        )
        try:
            watch(folder, lambda: process.poll() is None)
            code = process.wait()
        finally:
            process.kill()
            process.wait()
    _refuse(code, log)


def _refuse(code: int, log: Path) -> None:
    if code in _RAN:
        return
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    reason = "collected no cell" if code == _NOTHING_COLLECTED else f"ended with code {code}"
    raise InfrastructureError(f"pytest {reason}:\n{tail}", f"see {log}; the same command resumes")
