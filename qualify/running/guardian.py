"""Run a child with limits, from outside: nothing in the child can prevent its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from qualify.core.canary import Limits

POLL_S = 0.05
OUTPUT_MB = 64.0
"""A training that prints more is killed: a log must not fill the disk."""
Killed = Literal["", "timeout", "memory", "output"]
_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "CUDA_VISIBLE_DEVICES",
)
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)


@dataclass(frozen=True)
class Exit:
    """How the child ended. CPU seconds are of the whole tree that it waited for."""

    code: int
    wall_s: float
    cpu_s: float
    peak_rss_mb: float
    killed: Killed


def child_environment(home: Path, threads: int, hash_seed: int = 0) -> dict[str, str]:
    """Make the variables of a training: no tokens, its own home, pinned threads, a fixed hash."""
    passed = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    return {
        **passed,
        **dict.fromkeys(_THREADS, str(threads)),
        "HOME": str(home),
        "TMPDIR": str(home),
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONNOUSERSITE": "1",
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


def run_guarded(
    command: Sequence[str], variables: Mapping[str, str], folder: Path, log: Path, limits: Limits
) -> Exit:
    """Run a command to its end or its limit, its output in `log`; raises OSError if it can't start.

    Whatever the command left running in its process group or as a descendant is killed, too.
    """
    begin = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _watch(process, begin, limits, log)
    finally:
        _kill_tree(process.pid)


def _watch(process: subprocess.Popen[bytes], begin: float, limits: Limits, log: Path) -> Exit:
    peak = 0.0
    killed: Killed = ""
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.monotonic() - begin
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            return Exit(process.returncode, wall, cpu, peak, killed)
        peak = max(peak, _tree_rss_mb(process.pid))
        if not killed and (killed := _exceeded(wall, peak, log, limits)):
            _kill_tree(process.pid)
        time.sleep(POLL_S)


def _exceeded(wall: float, peak: float, log: Path, limits: Limits) -> Killed:
    if wall > limits.wall_s:
        return "timeout"
    if peak > limits.memory_mb:
        return "memory"
    return "output" if log.stat().st_size > OUTPUT_MB * 1e6 else ""


def _tree(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    return []


def _tree_rss_mb(pid: int) -> float:
    total = 0
    for member in _tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += member.memory_info().rss
    return total / 1e6


def _kill_tree(pid: int) -> None:
    """Kill the descendants and the process group, also where the child itself is gone already."""
    members = _tree(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    for member in members:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
