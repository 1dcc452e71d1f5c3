"""Where the noise of a canary comes from: trainings under set conditions in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qualify.core.canary import Canary, Judged
from qualify.judging.experiment import PAIR, Line, Observed, Source, line
from qualify.judging.families import Family, families, sentences
from qualify.judging.wording import amount
from qualify.stats import components
from qualify.stats.components import Estimate

ORIGIN: dict[Source, str] = {
    "repeat": "what no seed reaches",
    "threads": "the threads",
    "clock": "the time budget",
    "seed": "the seed",
    "split": "the split",
}
_HALF = 0.5
_MODES: dict[Source, tuple[str, str]] = {
    "threads": ("thread-races", "thread races"),
    "clock": ("wall-time", "search bounded by wall time"),
}
_CHOICE = (
    "each estimator looked at alone repeats: the choice between them may differ, by draws without "
    "the seed or by the seconds that each was seen to take"
)


@dataclass(frozen=True)
class Part:
    """What one source does to a metric.

    `sd` is the standard deviation that it adds, on the judged scale; `words` the same with unit;
    `share` its share of the variance, None where the canary as declared does not have the source.
    """

    metric: str
    source: Source
    sd: Estimate
    words: str
    share: Estimate | None


@dataclass(frozen=True)
class Cause:
    """One thing that was found: a code that never changes its meaning, and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Diagnosis:
    """Where the noise of a cell comes from; no `causes` where nothing could be compared."""

    cell: str
    build: str
    trainings: int
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    families: tuple[Family, ...]
    causes: tuple[Cause, ...]


def diagnose(
    cell: str, build: str, canary: Canary, found: Sequence[Observed], rng: np.random.Generator
) -> Diagnosis:
    """Name where the noise of `canary`, as it is declared, comes from.

    The sources are taken to add up, seeds and splits each as seen with the other one fixed.
    """
    lines = tuple(line(one, canary.metrics) for one in found)
    arms = {one.condition.source: one for one in found if one.condition.source is not None}
    pairs = ((o.condition.source, one) for o, one in zip(found, lines, strict=True))
    usable = {s: one for s, one in pairs if s is not None and one.usable >= PAIR}
    parts = tuple(p for judged in canary.metrics for p in _parts(judged, canary, arms, rng))
    alone = tuple(families(found, canary.metrics))
    causes = (
        *_repeats(usable, parts, alone),
        *_seeds(usable),
        *(c for judged in canary.metrics for c in _main_source(judged, parts)),
        *(Cause(f"estimator-{k.replace(' ', '-')}", words) for k, words in sentences(alone)),
        *_failures(lines),
    )
    trainings = sum(len(one.attempts) for one in found)
    varied = tuple(one for o, one in zip(found, lines, strict=True) if o.condition.source)
    return Diagnosis(cell, build, trainings, varied, parts, alone, causes)


def _parts(
    judged: Judged, canary: Canary, arms: Mapping[Source, Observed], rng: np.random.Generator
) -> Iterator[Part]:
    """Decompose one metric; nothing without repeats, which are the residual."""
    squares = {source: square for source, o in arms.items() if (square := o.square(judged))}
    residual = squares.pop("repeat", None)
    if residual is None:
        return
    inside = [source for source in squares if _has(canary, source)]
    found = components.shares([squares[source] for source in inside], residual, rng)
    share = dict(zip([*inside, "repeat"], found or (), strict=False))
    for source, square in squares.items():
        sd = components.excess(square, residual).root
        yield Part(judged.name, source, sd, _spread(judged, sd), share.get(source))
    sd = components.variance(residual).root
    yield Part(judged.name, "repeat", sd, _spread(judged, sd), share.get("repeat"))


def _has(canary: Canary, source: Source) -> bool:
    """Whether a source acts in the canary as it is declared."""
    if source == "clock":
        return canary.budget.seconds is not None
    return source != "threads" or canary.limits.threads > 1


def _repeats(
    lines: Mapping[Source, Line], parts: Sequence[Part], alone: Sequence[Family]
) -> Iterator[Cause]:
    """Say whether one seed repeats: plainly, with more threads, bounded by the clock."""
    plain = lines.get("repeat")
    if plain is None:
        return
    how = f"with one seed, {plain.threads} and {plain.budget}, {plain.count}"
    if plain.same and plain.rate:
        low = 100 * plain.rate.interval[0]
        yield Cause("repeats", f"one seed repeats: {how} (as a rate: at least {low:.0f}%)")
    elif plain.budget.endswith(" s"):
        yield Cause("wall-time-or-unseeded", f"search bounded by wall time, or not seeded: {how}")
    else:
        yield Cause("unseeded", f"one seed does not repeat: {how}; not all is seeded")
        if alone and all(s.repeats for family in alone for s in family.seen):
            yield Cause("unseeded-choice", _CHOICE)
    for source in (s for s in _MODES if s in lines):
        yield _mode(source, plain, lines[source], parts)


def _mode(source: Source, plain: Line, other: Line, parts: Sequence[Part]) -> Cause:
    """Compare a mode with plain repeats: by identity, else by what it adds to the spread."""
    code, title = _MODES[source]
    words = (plain.threads, other.threads) if source == "threads" else (plain.budget, other.budget)
    without, mode = words
    if other.same:
        return Cause("repeats", f"with {mode}, {other.count}, too")
    if plain.same:
        return Cause(code, f"{title}: with {without} {plain.count}, with {mode} {other.count}")
    added = [p for p in parts if p.source == source and p.sd.interval[0] > 0.0]
    if added:
        spread = " and ".join(f"{p.metric} a spread of {p.words}" for p in added)
        return Cause(code, f"{title}: {mode} instead of {without} adds to {spread}")
    return Cause(
        "hidden", f"with {mode}, {other.count}; what is not seeded hides whether that adds"
    )


def _seeds(lines: Mapping[Source, Line]) -> Iterator[Cause]:
    """Say whether the seed acts at all."""
    plain, seeds = lines.get("repeat"), lines.get("seed")
    if seeds and seeds.distinct == 1:
        yield Cause("seed-ignored", f"the seed is ignored: {seeds.usable} seeds, one model")
    elif seeds and plain and plain.same:
        words = f"the seed acts: {seeds.usable} seeds, {seeds.distinct} different models"
        yield Cause("seed-acts", words)


def _main_source(judged: Judged, parts: Sequence[Part]) -> Iterator[Cause]:
    """Which source makes most of the spread, if the intervals say so."""
    mine = [p for p in parts if p.metric == judged.name]
    known = sorted(
        ((p.share, p) for p in mine if p.share), key=lambda pair: pair[0].value, reverse=True
    )
    if mine and not known:
        yield Cause("no-spread", f"{judged.name} is the same in every training")
    if not known:
        return
    share, first = known[0]
    rest = ", ".join(f"{ORIGIN[p.source]} {percent(s)}" for s, p in known[1:] if s.interval[1])
    doubt = "" if share.interval[0] > _HALF else ", though so few trainings leave it open"
    sentence = (
        f"most of the spread of {judged.name} comes from {ORIGIN[first.source]}: "
        f"{percent(share)} of the variance, sd {first.words}{doubt}"
    )
    sentence += f"; the rest: {rest}" if rest else ""
    yield Cause(f"main-source-{first.source}", sentence)


def _failures(lines: Sequence[Line]) -> Iterator[Cause]:
    for one in (one for one in lines if one.failed):
        how = f"{one.failed} of {one.failed + one.usable} trainings failed: {one.message}"
        yield Cause("failures", f"{one.about}, {one.threads}, {one.budget}: {how}")


def percent(share: Estimate) -> str:
    """`78% (60-90)`."""
    low, high = (100 * end for end in share.interval)
    return f"{100 * share.value:.0f}% ({low:.0f}-{high:.0f})"


def _spread(judged: Judged, sd: Estimate) -> str:
    """`0.03 nat (0.02 to 0.06)`."""
    unit = f" {judged.metric.unit}"
    low, high = (amount(judged, end).removesuffix(unit) for end in sd.interval)
    return f"{amount(judged, sd.value)} ({low} to {high})" if sd.interval[1] else "nothing"
