"""What fits leave behind in a process that fits again and again."""

from typing import Any

import numpy as np

from qualify.suite import Lab, Limits, check

MEMORY_MB = 2.0
FITS: dict[str, Any] = {"owner": "performance", "dataset": "friedman1", "task": "regression"}
FITS |= {"share": 0.2, "limits": Limits(wall_s=300.0), "practice": ("Monitor 6",)}


@check(**FITS)
def test_descriptors_are_closed(lab: Lab) -> None:
    """Fits again and again leave no more descriptors open than the first."""
    _does_not_grow(lab, "descriptors", "open descriptors")


@check(**FITS)
def test_threads_end(lab: Lab) -> None:
    """Fits again and again leave no more threads behind than the first."""
    _does_not_grow(lab, "threads", "threads")


@check(**FITS)
def test_memory_is_given_back(lab: Lab) -> None:
    """Fits again and again keep no memory: the usual growth from one to the next is under 2 MB."""
    held = lab.seen("repeated", "memory_mb")
    grown = float(np.median(np.diff(held)))
    said = f"each fit keeps {grown:.1f} MB: from {held[0]:.0f} to {held[-1]:.0f} in {len(held)}"
    assert grown < MEMORY_MB, said


@check(**FITS)
def test_child_processes_end(lab: Lab) -> None:
    """No child process outlives the fits, but the one that Python keeps for shared memory."""
    left = [c for c in lab.seen("repeated", "children") if "resource_tracker" not in c]
    assert not left, f"{len(left)} child processes are left: {'; '.join(left)[:300]}"


def _does_not_grow(lab: Lab, experiment: str, what: str) -> None:
    """A leak is one for each fit; a handle that is opened once is none."""
    held = lab.seen("repeated", experiment)
    assert held[-1] - held[0] < len(held) - 1, f"{what} after each fit: {held}"
