"""Read what a probe observed: lines that the candidate could have written, believed as little."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qualify.core.attempt import Observation

LIMIT = 1_000_000
"""Bytes of observations that are read; the record of an attempt stays small."""


def observations(path: Path, ended: str) -> tuple[Observation, ...]:
    """Every experiment that began; the one that did not end has `ended` for its error."""
    if not path.is_file():
        return ()
    with path.open("rb") as lines:
        text = lines.read(LIMIT).decode(errors="replace")
    seen = [line for line in map(_parsed, text.splitlines()) if line]
    found: dict[str, Observation] = {}
    for line in seen:
        name = str(line["name"])[:80]
        begun = len(line) == 1
        found[name] = Observation(name, error=ended) if begun else _observation(name, line)
    return tuple(found.values())


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "name" in value else None


def _observation(name: str, line: dict[str, Any]) -> Observation:
    seconds = line.get("seconds")
    kinds = line.get("kinds")
    return Observation(
        name,
        value=line.get("value"),
        error=_text(line.get("error")),
        kinds=tuple(map(_text, kinds)) if isinstance(kinds, list) else (),
        message=_text(line.get("message")),
        seconds=float(seconds) if isinstance(seconds, (int, float)) else 0.0,
    )


def _text(value: object) -> str:
    """A string that UTF-8 can carry; half of a surrogate pair cannot be written anywhere."""
    return str(value or "")[:500].encode(errors="replace").decode()
