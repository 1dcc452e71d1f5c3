"""Fits side by side and fits that are cancelled, in a process that goes on afterwards."""

from __future__ import annotations

import functools
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

FITS = False
_LONGER = 10
"""A search that is cancelled would take so many times as long as an ordinary one."""
_SIGNALS = 5
_PAIRS, _ENOUGH_S = 5, 3.0
_OVER = threading.Event()


def alone(bench: Any) -> list[Any]:
    """Predictions of a fit that has the process to itself."""
    return _predictions(bench)


def side_by_side(bench: Any) -> list[Any]:
    """Predictions of pairs of fits that run at the same time in two threads.

    Short fits may miss each other: there are pairs until enough of them was seen.
    """
    found: list[Any] = []
    begin = time.process_time()
    while len(found) < 2 * _PAIRS and time.process_time() - begin < _ENOUGH_S:
        start = threading.Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            models = list(pool.map(lambda _, start=start: _together(bench, start), range(2)))
        found += [bench.predict(model) for model in models]
    return found


def cancelled(bench: Any) -> dict[str, Any]:
    """How a long search ends that is interrupted in the middle, up to five times."""
    return _cancelled(bench)


def afterwards(bench: Any) -> list[Any]:
    """Predictions of a fit after another one was cancelled."""
    _cancelled(bench)
    return bench.predict(_fit(bench))


def kept(bench: Any) -> dict[str, Any]:
    """What an earlier model predicts after a fit was cancelled, and whose the handler is."""
    _ = _predictions(bench)
    _cancelled(bench)
    ours = signal.getsignal(signal.SIGINT) is _raise
    return {
        "apart": bench.tools.distance(bench.predict(_model(bench)), _predictions(bench)),
        "handler": ours,
    }


@functools.cache
def _cancelled(bench: Any) -> dict[str, Any]:
    """A search that was too short for the interrupt gets an earlier one."""
    wall, cpu = _seconds(bench)
    for part in (0.5, 0.25, 0.1, 0.05):
        seen = _interrupted(bench, part * wall)
        if seen["interrupted"]:
            break
    return {**seen, "usual": cpu}


def _together(bench: Any, start: threading.Barrier) -> Any:
    start.wait(60)
    return _fit(bench)


def _seconds(bench: Any) -> tuple[float, float]:
    """Wall and CPU seconds of an ordinary fit."""
    wall, cpu = time.monotonic(), time.process_time()
    _fit(bench)
    return time.monotonic() - wall, time.process_time() - cpu


def _interrupted(bench: Any, every: float) -> dict[str, Any]:
    """Send SIGINT every so many seconds of a long search.

    One alone may reach a place where it is taken for a failure of the step that is going on.
    """
    signal.signal(signal.SIGINT, _raise)
    _OVER.clear()
    sent: list[float] = []
    sender = threading.Thread(target=_send, args=(every, sent))
    error = ""
    try:
        sender.start()
        _fit(bench, **_long(bench))
        _OVER.set()
    except KeyboardInterrupt:
        error = "KeyboardInterrupt"
    except Exception as other:  # noqa: BLE001  (whatever it raises is how the fit ended)
        error = type(other).__name__
    _OVER.set()
    spent = time.process_time() - sent[-1] if sent else 0.0
    sender.join()
    return {"interrupted": len(sent), "error": error, "went_on": spent}


def _send(every: float, sent: list[float]) -> None:
    while len(sent) < _SIGNALS and not _OVER.wait(max(every, 0.02)):
        sent.append(time.process_time())
        os.kill(os.getpid(), signal.SIGINT)


def _raise(*_: Any) -> None:
    """Handle SIGINT as Python does, but for one that comes after the search has ended."""
    if not _OVER.is_set():
        raise KeyboardInterrupt


def _long(bench: Any) -> dict[str, float]:
    amounts = {name: bench.settings[name] for name in ("iterations", "seconds")}
    return {name: amount * _LONGER for name, amount in amounts.items() if amount}


@functools.cache
def _model(bench: Any) -> Any:
    return _fit(bench)


@functools.cache
def _predictions(bench: Any) -> list[Any]:
    found: list[Any] = bench.predict(_model(bench))
    return found


def _fit(bench: Any, **settings: Any) -> Any:
    """Fit one family, where the package can be limited to one: there are many fits."""
    return bench.fit(**{**bench.one_family, **settings})
