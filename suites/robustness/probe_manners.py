"""What a package does to the process that it is a guest of, beside its work."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import locale
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FITS = False
HEARD = []
FLOATS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


def importing(bench: Any) -> dict[str, Any]:
    """What the import changed, beside an interpreter that imported nothing, and what listens."""
    print_state = f"import json, runpy; print(json.dumps(runpy.run_path({__file__!r})['_state']()))"
    pristine = subprocess.run(
        [sys.executable, "-I", "-c", print_state],
        env=_first_variables(),
        cwd=bench.folder.parent,
        capture_output=True,
        check=True,
    )
    return {"changed": _changes(json.loads(pristine.stdout), _state()), "serves": _listening()}


def fitting(bench: Any) -> dict[str, Any]:
    """What a fit changed, printed, asked for and wrote, and whether it listens."""
    return _watched(bench, lambda: bench.model)


def predicting(bench: Any) -> dict[str, Any]:
    """What a prediction changed, printed, asked for and wrote, and whether it listens."""
    _ = bench.model
    return _watched(bench, bench.predict)


def seeding(bench: Any) -> list[str]:
    """The global generators that end the same after fits that they went into differently."""
    import numpy as np

    ends = []
    for own in (1, 2):
        random.seed(own)
        np.random.seed(own)  # noqa: NPY002  (the global generator is what is watched)
        bench.fit()
        ends.append((random.random(), float(np.random.random())))  # noqa: NPY002, S311
    names = ("random", "numpy.random")
    return [name for name, a, b in zip(names, *ends, strict=True) if a == b]


class _Asked(io.TextIOBase):
    """A standard input that counts how often it is read; every line of it is empty."""

    times = 0

    def readline(self, *_: Any) -> str:
        self.times += 1
        return "\n"

    read = readline


def _watched(bench: Any, work: Callable[[], Any]) -> dict[str, Any]:
    folder = bench.folder / "elsewhere"
    folder.mkdir(exist_ok=True)
    home, before_stdin, asked = Path.cwd(), sys.stdin, _Asked()
    os.chdir(folder)
    files, before, printed = set(folder.rglob("*")), _state(), _printed()
    HEARD.clear()
    sys.stdin = asked
    try:
        work()
        sys.stdin = before_stdin
        changed = _changes(before, _state())
    finally:
        sys.stdin = before_stdin
        os.chdir(home)
    written = sorted(str(f.relative_to(folder)) for f in set(folder.rglob("*")) - files)
    return {
        "changed": changed,
        "printed": _printed() - printed,
        "asked": asked.times,
        "written": written[:20],
        "serves": sorted({*HEARD, *_listening()}),
    }


def _state() -> dict[str, Any]:
    """What all code of a process shares, by name."""
    numpy = sys.modules.get("numpy")
    mask = os.umask(0o22)
    os.umask(mask)
    return {
        "the working directory": str(Path.cwd()),
        "the locale": locale.setlocale(locale.LC_ALL),
        # scikit-learn's import sets OpenMP's own variables.
        "variables": sorted(f"{k}={v}" for k, v in os.environ.items() if not k.startswith("KMP_")),
        "sys.path": list(sys.path),
        "signal handlers": [f"{s.name}: {_named(signal.getsignal(s))}" for s in signal.Signals],
        "hooks": [_named(h) for h in (sys.excepthook, sys.displayhook, threading.excepthook)],
        "streams": [_named(type(s)) for s in (sys.stdout, sys.stderr)],
        "silenced warnings": sorted({name for name in map(_blanket, warnings.filters) if name}),
        "the root logger": [logging.root.level, logging.root.manager.disable, *_handlers()],
        "the recursion limit": sys.getrecursionlimit(),
        "garbage collection": [gc.isenabled(), *gc.get_threshold()],
        "the timeout of sockets": socket.getdefaulttimeout(),
        "the mask of new files": mask,
        "NumPy's handling of errors": dict(numpy.geterr()) if numpy else FLOATS,
    }


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """What differs, in words."""
    return {
        name: f"{_only(before[name], after[name])}"
        for name in before
        if before[name] != after[name]
    }


def _only(before: Any, after: Any) -> str:
    """The part of a list that is new or gone; all of another value."""
    if not isinstance(after, list):
        return f"{before} became {after}"
    new = [str(v) for v in after if v not in before]
    gone = [str(v) for v in before if v not in after]
    return "; ".join([*new[:8], *(f"no longer {v}" for v in gone[:8])])[:300] or "another order"


def _named(thing: Any) -> str:
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', thing)}"


def _handlers() -> list[str]:
    return [_named(type(h)) for h in logging.root.handlers]


def _blanket(entry: Any) -> str:
    """Name a filter that silences all warnings of a built-in kind, whoever gives them."""
    action, message, category, module, _ = entry
    everywhere = message is None and module is None and category.__module__ == "builtins"
    return f"{action} {category.__name__}" if everywhere and action in ("ignore", "error") else ""


def _first_variables() -> dict[str, str]:
    """The environment variables that this process was started with."""
    entries = Path("/proc/self/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def _printed() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    return os.fstat(1).st_size


def _listening() -> list[str]:
    """The ports that this process and those of its session listen on."""
    ports = {}
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                ports[f"socket:[{fields[9]}]"] = f"port {int(fields[1].split(':')[1], 16)}"
    return sorted({ports[name] for name in _descriptors() if name in ports})


def _descriptors() -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getsid(int(process.name)) == os.getsid(0):
                for descriptor in (process / "fd").iterdir():
                    with contextlib.suppress(OSError):
                        yield str(descriptor.readlink())


class _Listener(socket.socket):
    """A socket that notes the port it listens on, also where it is closed again at once.

    To bind is not enough: a package may do so only to learn what the machine can.
    """

    def listen(self, *backlog: int) -> None:
        super().listen(*backlog)
        if self.family in (socket.AF_INET, socket.AF_INET6):
            HEARD.append(f"port {self.getsockname()[1]}")


socket.socket = _Listener
