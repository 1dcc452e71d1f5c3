"""Bisect: find which build, commit or dependency did it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from qualify.core.attempt import Outcome
from qualify.core.baseline import Baseline, Replicate
from qualify.core.canary import Canary
from qualify.core.candidate import Build
from qualify.core.errors import CandidateError, ConfigError, nearest
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.stats.rates import Count
from qualify.verbs.bisecting.probing import Bench
from qualify.verbs.bisecting.questions import (
    BUILD,
    FAILURE,
    Built,
    Question,
    Trained,
    metric_of,
    question_of,
)
from qualify.verbs.bisecting.rows import row_of_candidates, row_of_environments
from qualify.verbs.bisecting.searching import Found, Search, Wanted
from qualify.verbs.cells import collect
from qualify.wiring import Context

_CHECKED = 3  # trainings that show that the good end trains


@dataclass(frozen=True)
class Asked:
    """What is asked for: a cell, and the ends or the dependencies of the row of suspects.

    The ends are the configured baseline (good) and candidate (bad), with `builds` between them.
    With `environments`, the candidate is kept and its dependencies change from the one to the
    other: `locked`, `free` or a file of `name==version` lines. `constraints` hold the good end of
    a locked lane; `by` is a metric's name or `failure`.
    """

    cell: str
    builds: tuple[str, ...] = ()
    environments: tuple[str, str] | None = None
    constraints: tuple[str, ...] = ()
    by: str | None = None
    replicates: int = 20
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True)
class Bisected:
    """What was found; `replicates` of the good end, stored or trained, and `builds` made."""

    found: Found
    cell: str
    replicates: int
    stored: bool
    builds: int


def bisect(context: Context, asked: Asked) -> Bisected:
    """Ask suspects until one is the culprit, or the trainings are spent; resumes what it did.

    Raises ConfigError, CandidateError, BaselineError, SuiteError, InfrastructureError.
    """
    cell, canary, lane = _cell(context, asked.cell)
    if asked.environments:
        lane = lane.reference
        row = row_of_environments(context, asked.environments, lane)
    else:
        row = row_of_candidates(context, asked.builds, lane, asked.constraints)
    context.report(f"{len(row.suspects)} suspects, from {row.suspects[0].name}, the good end")
    bench = Bench(context, replace(cell, lane=lane), canary, lane, row)
    found, good, stored = _search(bench, asked)
    return Bisected(found, asked.cell, good, stored, bench.fresh)


def _cell(context: Context, name: str) -> tuple[Cell, Canary, Lane]:
    """The canary that is named, with its lane; raises ConfigError."""
    lane = Lane.parse(name.partition("@")[2])
    cells = {cell.id: cell for cell in collect(context, [lane])}
    if name not in cells:
        raise ConfigError(f"there is no cell {name!r}", nearest(name, cells))
    cell = cells[name]
    if cell.skip:
        raise ConfigError(f"{name} cannot be trained here: {cell.skip}", "choose another cell")
    if cell.canary is None:
        raise ConfigError(f"{name} is a check", "name a canary: `qualify cells` lists them")
    return cell, cell.canary, lane


def _search(bench: Bench, asked: Asked) -> tuple[Found, int, bool]:
    """Find what the bad end does, and ask every suspect whether it does so, too."""
    last = len(bench.row.suspects) - 1
    reason = bench.prepare(0)
    if reason:
        raise CandidateError(f"the good end itself does not build: {reason}", "name another --good")
    reason = bench.prepare(last)
    if reason and asked.by in (None, BUILD):
        search = _begin(bench, asked, Built(), stored=False)
        search.builds()
        return search.found(BUILD, f"the bad end: {reason}"), 0, False
    if reason:
        raise CandidateError(f"the bad end does not build: {reason}", "leave --by out")
    question, good, stored = _question(bench, asked, last)
    search = _begin(bench, asked, question, stored=stored)
    search.trains(question)
    effect = question.effect(search.posterior.effects.tolist())
    return search.found(question.by, effect), good, stored


def _begin(bench: Bench, asked: Asked, question: Question | Built, *, stored: bool) -> Search:
    report = bench.context.report
    return Search.begin(bench.row, bench, question, asked.wanted, report, stored=stored)


def _question(bench: Bench, asked: Asked, last: int) -> tuple[Question, int, bool]:
    """What to ask, and how many replicates of the good end it rests on, stored or not."""
    known = bench.known(last) if asked.by is None else []
    seen = known or ([bench.train(last, bench.fresh_seed())] if asked.by is None else [])
    fails = asked.by == FAILURE or (bool(seen) and not seen[0].ok)
    metric = None if fails else metric_of(bench.canary, asked.by)
    stored = _stored(bench)
    good = stored or _trained(bench, asked.replicates if metric else _CHECKED)
    if metric:
        worse = question_of(metric, good)
        return worse, len(worse.good), bool(stored)
    failed = sum(r.outcome is not Outcome.OK for r in good)
    return Trained(Count(failed, len(good))), len(good), bool(stored)


def _stored(bench: Bench) -> tuple[Replicate, ...]:
    """The reviewed replicates of the good end, where they are of this build and environment."""
    build = bench.made[0]
    if not isinstance(build, Build) or bench.lane.mode == "free" or bench.canary.interleaved:
        return ()
    found = bench.context.baselines.read(build.target, build.version, bench.lane)
    return found.of(bench.canary.name) if found and _same(build, found, bench.lane) else ()


def _same(build: Build, stored: Baseline, lane: Lane) -> bool:
    wheel = build.wheel.sha256 if build.wheel else None
    same = build.source.kind == "index" or wheel == stored.provenance.sha256
    return same and build.environments[str(lane)].lock == stored.lock


def _trained(bench: Bench, count: int) -> Sequence[Replicate]:
    """Train the good end."""
    report, name = bench.context.report, bench.row.suspects[0].name
    report(f"training {count} replicates of {name}, the good end")
    with ThreadPoolExecutor(bench.context.config.jobs) as pool:
        attempts = list(pool.map(bench.replicate, range(count)))
    failed = [a for a in attempts if not a.ok]
    if failed:
        report(f"{len(failed)} of them failed: {failed[0].message.strip().splitlines()[-1:]}")
    return [Replicate.of(bench.canary.name, attempt) for attempt in attempts]
