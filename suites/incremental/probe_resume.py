"""Searches that go on from a fitted model, after more rows, an interruption, or a night on disk.

Fits are of one family, where the package can be limited to one: a search that weighs families by
the time each took has the clock for a second seed.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

FITS = False
_LONGER = 10
"""A search that is interrupted would take so many times as long as an ordinary one."""


def resumed(bench: Any) -> dict[str, Any]:
    """Predictions of a model, and of the one that the search on from it gives."""
    model = _fit(bench)
    before = bench.predict(model)
    return {"before": before, "after": bench.predict(_resume(bench, model))}


def resumed_twice(bench: Any) -> float:
    """How far the same search on from the same model lies apart from itself."""
    return bench.tools.distance(*(bench.predict(_resume(bench, _fit(bench))) for _ in range(2)))


def more_rows(bench: Any) -> dict[str, Any]:
    """Predictions of a model of half of the rows, and after a search on over all of them."""
    half = list(range(len(bench.labels) // 2))
    model = _fit(bench, bench.tools.rows(bench.columns, half), [bench.labels[i] for i in half])
    before = bench.predict(model)
    return {"before": before, "after": bench.predict(_resume(bench, model))}


def after_loading(bench: Any) -> dict[str, Any]:
    """Predictions of a model, and of the search on from it after it was saved and loaded."""
    model = _fit(bench)
    before = bench.predict(model)
    again = bench.adapter.load(_saved(bench, model))
    return {"before": before, "after": bench.predict(_resume(bench, again))}


def fitted_after_interruption(bench: Any) -> dict[str, Any]:
    """How far a fit that follows an interrupted one lies from an undisturbed one."""
    undisturbed, wall = _timed(bench, lambda: _fit(bench))
    interrupted = _interrupt(wall, lambda: _fit(bench, **_long(bench)))
    again = bench.predict(_fit(bench))
    return {"interrupted": interrupted, "apart": bench.tools.distance(again, undisturbed)}


def resumed_after_interruption(bench: Any) -> dict[str, Any]:
    """Search on from a saved model: undisturbed, and once more after that was interrupted."""
    saved = _saved(bench, _fit(bench))
    undisturbed, wall = _timed(bench, lambda: _resume(bench, bench.adapter.load(saved)))
    model = bench.adapter.load(saved)
    interrupted = _interrupt(wall, lambda: _resume(bench, model, **_long(bench)))
    again = bench.predict(_resume(bench, bench.adapter.load(saved)))
    return {"interrupted": interrupted, "apart": bench.tools.distance(again, undisturbed)}


def _interrupt(wall: float, search: Any) -> bool:
    """Send SIGINT in the middle of a search; an earlier one if it was over before."""
    # A process that was started in the background ignores the signal until it is told otherwise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return any(_cut_short(part * wall, search) for part in (1.0, 0.5, 0.25, 0.1))


def _cut_short(after: float, search: Any) -> bool:
    sent = []

    def interrupt() -> None:
        sent.append(True)
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after, interrupt)
    try:
        timer.start()
        search()
        timer.cancel()
        timer.join()
    except KeyboardInterrupt:
        return True
    except Exception:
        # How a search ends that is interrupted, another check asks.
        if not sent:
            raise
    return bool(sent)


def _timed(bench: Any, search: Any) -> tuple[list[Any], float]:
    """Predictions of a search's model, and its wall seconds the second time."""
    search()
    begin = time.monotonic()
    model = search()
    return bench.predict(model), time.monotonic() - begin


def _fit(bench: Any, columns: Any = None, labels: Any = None, **settings: Any) -> Any:
    return bench.fit(columns, labels, **{**bench.one_family, **settings})


def _resume(bench: Any, model: Any, **settings: Any) -> Any:
    asked = {**bench.settings, **bench.one_family, **settings}
    return bench.adapter.resume(model, bench.table(bench.columns), bench.labels, asked)


def _long(bench: Any) -> dict[str, float]:
    amounts = {name: bench.settings[name] for name in ("iterations", "seconds")}
    return {name: amount * _LONGER for name, amount in amounts.items() if amount}


def _saved(bench: Any, model: Any) -> Path:
    folder: Path = bench.folder / f"saved-{len(list(bench.folder.iterdir()))}"
    folder.mkdir()
    bench.adapter.save(model, folder)
    return folder
