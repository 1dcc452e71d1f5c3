"""Train on request in a release's environment, without importing it each time.

Usage: python _warm_child.py TRAINER.py ADAPTER.py LIMIT_S

Imports the package once; then every line of standard input is the path of a request, which a
forked copy of this process serves by the harness's own trainer. One line of JSON answers it:
`code` (below zero: the signal), `wall_s` and `cpu_s`. The standard library only.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def load(path: str) -> Any:
    """Import one file."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def serve(trainer: Any, request: str, limit_s: int) -> None:
    """Be the fork: train, write to a log of its own, and end; the kernel keeps the limit."""
    signal.alarm(limit_s)
    log = os.open(Path(request).with_name("log.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    trainer.main(request)


def main(trainer_path: str, adapter_path: str, limit_s: str) -> None:
    """Serve until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the package prints is no answer
    trainer = load(trainer_path)
    trainer.PREDICT_ROWS = 1  # latency is not recorded: predict once to time, not a thousand rows
    trainer.load_file(adapter_path).start()
    gc.freeze()  # a collection in a fork would copy every page that it shares with us
    for line in sys.stdin:
        begin = time.monotonic()
        pid = os.fork()
        if pid == 0:
            serve(trainer, line.strip(), int(limit_s))
        _, status, usage = os.wait4(pid, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "wall_s": time.monotonic() - begin,
            "cpu_s": usage.ru_utime + usage.ru_stime,
        }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
