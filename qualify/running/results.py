"""Read what a training left behind, believing none of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.data import Split, digest
from qualify.running import guardian, scoring, slices
from qualify.running.observing import observations

RESULT_LIMIT = 64 * 1024 * 1024
TAIL_LINES = 20
# What reading a result can raise that the candidate wrote itself.
_FORGED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def read_outcome(
    attempt: Attempt, ended: guardian.Exit, room: Path, training: Training, split: Split | None
) -> Attempt:
    """Read what the child left; what it says counts only where it ended in order."""
    if training.action == "probe":
        seen = observations(room / "out" / "observations.jsonl", ended.killed or "crashed")
        attempt = replace(attempt, observations=seen)
    if ended.killed:
        message = f"killed with its process tree at the {_limit(ended.killed, training)}"
        return _failed(attempt, Outcome(ended.killed), message, room)
    result = _read(room / "out" / "result.json")
    if not isinstance(result, dict):
        died = f"by signal {-ended.code}" if ended.code < 0 else f"with exit code {ended.code}"
        return _failed(attempt, Outcome.CRASHED, f"the process ended {died}, no result", room)
    if not result.get("ok"):
        signature = "/".join([str(result.get("type")), *map(str, result.get("stack", []))])
        attempt = replace(attempt, signature=signature)
        return _failed(attempt, Outcome.ERROR, str(result.get("message")), room)
    try:
        return _succeeded(attempt, result, room, training, split)
    except (scoring.InvalidPredictionsError, *_FORGED) as error:
        return _failed(attempt, Outcome.INVALID, f"{type(error).__name__}: {error}", room)


def _read(path: Path) -> Any:
    """Read a file that the candidate could write: capped, and None where it is not whole JSON."""
    try:
        if path.stat().st_size > RESULT_LIMIT:
            return None
        return json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None


def _limit(killed: str, training: Training) -> str:
    limits = training.canary.limits
    return {
        "timeout": f"timeout limit of {limits.wall_s:g} s",
        "memory": f"memory limit of {limits.memory_mb:g} MB",
        "output": f"limit of {guardian.OUTPUT_MB:g} MB that a training may print",
    }[killed]


def _failed(attempt: Attempt, outcome: Outcome, message: str, room: Path) -> Attempt:
    message, signature = (_writable(text) for text in (message, attempt.signature))
    log = (room / "log.txt").read_bytes()[-20_000:].decode(errors="replace").splitlines()
    return replace(
        attempt,
        outcome=outcome,
        message=message[:2000],
        signature=signature or f"{outcome.value}: {message[:200]}",
        log_tail=tuple(line[:400] for line in log[-TAIL_LINES:]),
    )


def _writable(text: str) -> str:
    """Replace what JSON can carry and UTF-8 cannot: half of a surrogate pair."""
    return text.encode(errors="replace").decode()


def _succeeded(
    attempt: Attempt, result: Any, room: Path, training: Training, split: Split | None
) -> Attempt:
    spent = {step: float(seconds) for step, seconds in result["cpu"].items()}
    if sum(spent.values()) > attempt.cpu_s + 0.5:
        raise ValueError("the training reports more CPU seconds than its process was given")
    if not all(map(math.isfinite, (*spent.values(), result["peak_rss_mb"]))):
        raise ValueError("the training reports numbers that are none")
    values = {"import_seconds": spent["import"], "peak_rss_mb": float(result["peak_rss_mb"])}
    predictions = None
    if training.action == "probe":
        return replace(attempt, outcome=Outcome.OK, metrics=values)
    if split is not None:
        given = _read(room / "out" / "predictions.json")
        values |= scoring.quality(training.canary.task, split.test_labels, given)
        values |= slices.asked(training.canary, split, given)
        values["predict_seconds_per_1000_rows"] = 1000 * spent["predict"] / result["timed_rows"]
        predictions = digest(given)
    if "fit" in spent:
        model = room / "out" / "model"
        values["fit_seconds"] = spent["fit"]
        values["model_size_mb"] = sum(f.stat().st_size for f in model.rglob("*")) / 1e6
    return replace(attempt, outcome=Outcome.OK, metrics=values, predictions=predictions)
