"""The row of suspects with the environment of each, from what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qualify.building.specs import parse
from qualify.core.candidate import BuildFailure, Environment
from qualify.core.errors import BaselineError, CandidateError, ConfigError
from qualify.core.matrix import Lane
from qualify.verbs.bisecting.dependencies import row_of_dependencies
from qualify.verbs.bisecting.probing import make, why
from qualify.verbs.bisecting.suspects import Row, held_to, row_of
from qualify.wiring import Context

LOCKED, FREE = "locked", "free"


def row_of_candidates(
    context: Context, between: Sequence[str], lane: Lane, constraints: tuple[str, ...]
) -> Row:
    """The builds or commits from the configured baseline (good) to the candidate (bad)."""
    target = context.config.target
    row = row_of(target.baseline, target.candidate, between, context.work / "sources")
    return _held(context, row, lane, constraints)


def _held(context: Context, row: Row, lane: Lane, constraints: tuple[str, ...]) -> Row:
    """Hold every suspect of a locked lane to the good end's dependencies."""
    if lane.mode == "free":
        return held_to(row, ())
    good = row.suspects[0]
    version = parse(good.spec).version
    stored = version and context.baselines.read(context.config.target.name, version, lane)
    lock = constraints or (stored.lock if stored else ())
    first = replace(good, lock=lock)
    rest = replace(row, suspects=(first, *row.suspects[1:]))
    return held_to(rest, _environment(context, good.spec, lane, lock).lock)


def row_of_environments(context: Context, ends: tuple[str, str], lane: Lane) -> Row:
    """The dependencies between two environments of the configured candidate.

    An end is `locked`, `free` or a file of `name==version` lines.
    """
    spec = context.config.target.candidate
    good, bad = (_end(context, spec, lane, end) for end in ends)
    return row_of_dependencies(spec, good, bad)


def _end(context: Context, spec: str, lane: Lane, end: str) -> Environment:
    """One end of a row of dependencies: `locked`, `free` or a file; raises ConfigError."""
    if end == FREE:
        return _environment(context, spec, replace(lane, mode="free"), ())
    if end == LOCKED:
        return _environment(context, spec, lane, _stored_lock(context, spec, lane))
    if not Path(end).is_file():
        raise ConfigError(
            f"{end!r} names no environment", "write locked, free, or a file of name==version lines"
        )
    return _environment(context, spec, lane, lines_of(Path(end)))


def _stored_lock(context: Context, spec: str, lane: Lane) -> tuple[str, ...]:
    """The lock of the reviewed baseline of this build, or of the configured one."""
    for named in (spec, context.config.target.baseline):
        version = parse(named).version
        stored = version and context.baselines.read(context.config.target.name, version, lane)
        if stored:
            return stored.lock
    raise BaselineError(
        f"there is no baseline on {lane} whose lock could be the good end",
        "record one, or give a file of name==version lines as --good",
    )


def lines_of(path: Path) -> tuple[str, ...]:
    """The lines of a constraints file, without comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _environment(context: Context, spec: str, lane: Lane, lock: tuple[str, ...]) -> Environment:
    made = make(context, spec, lane, lock)
    if isinstance(made, BuildFailure):
        raise CandidateError(f"{spec} on {lane}, an end of the row: {why(made)}", "choose another")
    return made.environments[str(lane)]
