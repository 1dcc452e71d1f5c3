"""The same small fit again and again in one process: what each leaves behind."""

from __future__ import annotations

import ctypes
import functools
import gc
import os
import threading
import time
from pathlib import Path
from typing import Any

FITS = False
_WARM, _AGAIN = 2, 6


def descriptors(bench: Any) -> list[int]:
    """Open descriptors after each fit."""
    return [seen["descriptors"] for seen in _repeated(bench)]


def threads(bench: Any) -> list[int]:
    """Threads of Python after each fit; pools of native code are kept for the next."""
    return [seen["threads"] for seen in _repeated(bench)]


def memory_mb(bench: Any) -> list[float]:
    """Resident memory after each fit, with all that is free given back."""
    return [seen["memory_mb"] for seen in _repeated(bench)]


def children(bench: Any) -> list[str]:
    """Command lines of the processes that are still there after all fits."""
    _repeated(bench)
    return [_command(pid) for pid in _children()]


@functools.cache
def _repeated(bench: Any) -> list[dict[str, Any]]:
    """What is held after each fit but the first, which may set up what all share."""
    seen = []
    for _ in range(_WARM + _AGAIN):
        bench.predict(_fit(bench))
        _settle()
        seen.append(
            {
                "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
                "threads": threading.active_count(),
                "memory_mb": _memory_mb(),
            }
        )
    return seen[_WARM:]


def _settle() -> None:
    """Wait for threads and children that are on their way out, and give free memory back."""
    gc.collect()
    begin = time.monotonic()
    while time.monotonic() - begin < 0.5 and (threading.active_count() > 1 or _children()):
        time.sleep(0.05)
    ctypes.CDLL(None).malloc_trim(0)


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _children() -> list[int]:
    lists = (path.read_text() for path in Path("/proc/self/task").glob("*/children"))
    return [int(pid) for found in lists for pid in found.split()]


def _command(pid: int) -> str:
    """The words of a command line; empty for one that has ended and was not waited for."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except FileNotFoundError:
        return ""


def _fit(bench: Any, **settings: Any) -> Any:
    """Fit one family, where the package can be limited to one: there are many fits."""
    return bench.fit(**{**bench.one_family, **settings})
