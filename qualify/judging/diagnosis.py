"""Where the noise of a canary comes from: trainings under set conditions in, words out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from qualify.core.attempt import Attempt
from qualify.core.canary import Canary, Judged
from qualify.judging.wording import amount
from qualify.stats import components
from qualify.stats.components import Estimate, MeanSquare

Source = Literal["repeat", "threads", "clock", "seed", "split"]
ABOUT: dict[Source, str] = {
    "repeat": "plain repeats",
    "threads": "more threads",
    "clock": "a time budget",
    "seed": "different seeds",
    "split": "different splits",
}
ORIGIN: dict[Source, str] = {
    "repeat": "what no seed reaches",
    "threads": "the threads",
    "clock": "the time budget",
    "seed": "the seed",
    "split": "the split",
}
Kind = Literal["unseeded", "ignores the seed", "seeded by the search", "seeded", "failed"]
_FAMILIES: dict[Kind, str] = {
    "unseeded": "unseeded estimator: {names} give{s} different predictions at the same seed",
    "ignores the seed": "{names} ignore{s} the seed: {seeds} seeds, one set of predictions, and "
    "repeats are the same (deterministic)",
    "seeded by the search": "the seed reaches {names} through the search only: a single fit is the "
    "same with {seeds} seeds",
    "seeded": "{names} obey{s} the seed: the same one repeats, others differ",
    "failed": "{names} cannot be told: too few trainings succeeded",
}
_PAIR = 2
_HALF = 0.5
_MODES: dict[Source, tuple[str, str]] = {
    "threads": ("thread-races", "thread races"),
    "clock": ("wall-time", "search bounded by wall time"),
}
_CHOICE = (
    "each estimator looked at alone repeats: the choice between them may differ, by draws without "
    "the seed or by the seconds that each was seen to take"
)


class Run(NamedTuple):
    """One training of a condition; `number` counts executions of the same."""

    seed: int
    split: int = 0
    number: int = 1


@dataclass(frozen=True)
class Condition:
    """One way to train a canary, and which trainings.

    `source` is what varies; a condition of one `estimator` alone is none. Its first run is
    repeated, the others have other seeds.
    """

    canary: Canary
    runs: tuple[Run, ...]
    source: Source | None = None
    estimator: str = ""

    @property
    def about(self) -> str:
        """What is held and what varies."""
        return ABOUT[self.source] if self.source else f"only `{self.estimator}`"

    @property
    def threads(self) -> str:
        """`1 thread`."""
        return _counted(self.canary.limits.threads, "thread")

    @property
    def budget(self) -> str:
        """`12 iterations`, `1.5 s`, or both."""
        n, seconds = self.canary.budget.iterations, self.canary.budget.seconds
        words = [_counted(n, "iteration")] if n is not None else []
        return " and ".join([*words, *([f"{seconds:g} s"] if seconds is not None else [])])


@dataclass(frozen=True)
class Observed:
    """What came of a condition: an attempt a run, in order."""

    condition: Condition
    attempts: tuple[Attempt, ...]

    @property
    def succeeded(self) -> tuple[tuple[Run, str, Attempt], ...]:
        """The runs that gave predictions, with their digests."""
        pairs = zip(self.condition.runs, self.attempts, strict=True)
        return tuple((run, str(a.predictions), a) for run, a in pairs if a.ok)

    def square(self, judged: Judged) -> MeanSquare | None:
        """The variance of the metric on the judged scale; None where it has none.

        That is: below two values, or where one that should have a logarithm is not positive.
        """
        values = [a.metrics[judged.name] for a in self.attempts if a.ok]
        relative = judged.metric.scale == "log"
        if len(values) < _PAIR or (relative and min(values) <= 0.0):
            return None
        return components.mean_square([judged.metric.loss(v, values[0]) for v in values])


@dataclass(frozen=True)
class Line:
    """One condition as it is reported.

    `alike` is the largest group of bit-identical predictions among the `usable` trainings and
    `distinct` the number of different ones. `rate` says how often a training equals the first,
    with its exact interval; `rounding`: they differ, and no metric does.
    """

    about: str
    threads: str
    budget: str
    usable: int
    failed: int
    message: str
    alike: int
    distinct: int
    rate: Estimate | None
    rounding: bool

    @property
    def same(self) -> bool:
        """Whether all predictions are bit-identical."""
        return self.alike == self.usable

    @property
    def count(self) -> str:
        """`4 of 4 trainings are bit-identical`."""
        if self.alike == 1:
            words = f"no two of {self.usable} trainings are bit-identical"
        else:
            words = f"{self.alike} of {self.usable} trainings are bit-identical"
        return f"{words}, though the metrics are the same" if self.rounding else words


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
class Seen:
    """One estimator family with one budget: one seed trained twice, and other seeds.

    `repeats`: the same seed gave bit-identical predictions, None where it did not train twice;
    `apart` is how much the metric of those trainings differs; `models` counts the different
    predictions of `seeds` seeds.
    """

    budget: str
    repeats: bool | None
    apart: float
    seeds: int
    models: int


@dataclass(frozen=True)
class Family:
    """What the seed does to one estimator family alone."""

    estimator: str
    kind: Kind
    metric: str
    seen: tuple[Seen, ...]

    @property
    def name(self) -> str:
        """The estimator, with what its repeats differ by."""
        apart = max(s.apart for s in self.seen)
        words = f"{self.metric} up to {apart:.2g} apart" if apart else f"{self.metric} the same"
        return f"`{self.estimator}` ({words})" if self.kind == "unseeded" else f"`{self.estimator}`"


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
    lines = tuple(_line(one, canary.metrics) for one in found)
    arms = {one.condition.source: one for one in found if one.condition.source is not None}
    pairs = ((o.condition.source, line) for o, line in zip(found, lines, strict=True))
    usable = {s: line for s, line in pairs if s is not None and line.usable >= _PAIR}
    parts = tuple(p for judged in canary.metrics for p in _parts(judged, canary, arms, rng))
    families = tuple(_families(found, canary.metrics))
    causes = (
        *_repeats(usable, parts, families),
        *_seeds(usable),
        *(c for judged in canary.metrics for c in _main_source(judged, parts)),
        *_by_kind(families),
        *_failures(lines),
    )
    trainings = sum(len(one.attempts) for one in found)
    varied = tuple(line for o, line in zip(found, lines, strict=True) if o.condition.source)
    return Diagnosis(cell, build, trainings, varied, parts, families, causes)


def _line(one: Observed, metrics: Sequence[Judged]) -> Line:
    prints = [digest for _, digest, _ in one.succeeded]
    groups = Counter(prints)
    failed = [a for a in one.attempts if not a.ok]
    squares = [square for judged in metrics if (square := one.square(judged))]
    repeated = [digest == prints[0] for digest in prints[1:]]
    return Line(
        about=one.condition.about,
        threads=one.condition.threads,
        budget=one.condition.budget,
        usable=len(prints),
        failed=len(failed),
        message=failed[0].message if failed else "",
        alike=max(groups.values(), default=0),
        distinct=len(groups),
        rate=components.rate(sum(repeated), len(repeated)) if repeated else None,
        rounding=len(groups) > 1 and bool(squares) and not any(s.value for s in squares),
    )


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
    lines: Mapping[Source, Line], parts: Sequence[Part], families: Sequence[Family]
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
        if families and all(s.repeats for family in families for s in family.seen):
            yield Cause("unseeded-choice", _CHOICE)
    for source in (s for s in _MODES if s in lines):
        yield _mode(source, plain, lines[source], parts)


def _mode(source: Source, plain: Line, line: Line, parts: Sequence[Part]) -> Cause:
    """Compare a mode with plain repeats: by identity, else by what it adds to the spread."""
    code, title = _MODES[source]
    words = (plain.threads, line.threads) if source == "threads" else (plain.budget, line.budget)
    without, mode = words
    if line.same:
        return Cause("repeats", f"with {mode}, {line.count}, too")
    if plain.same:
        return Cause(code, f"{title}: with {without} {plain.count}, with {mode} {line.count}")
    added = [p for p in parts if p.source == source and p.sd.interval[0] > 0.0]
    if added:
        spread = " and ".join(f"{p.metric} a spread of {p.words}" for p in added)
        return Cause(code, f"{title}: {mode} instead of {without} adds to {spread}")
    return Cause("hidden", f"with {mode}, {line.count}; what is not seeded hides whether that adds")


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


def _families(found: Sequence[Observed], metrics: Sequence[Judged]) -> Iterator[Family]:
    names = dict.fromkeys(o.condition.estimator for o in found if o.condition.estimator)
    for name in names:
        mine = (o for o in found if o.condition.estimator == name)
        seen = tuple(_seen(one, metrics[0]) for one in mine)
        yield Family(name, _kind(seen), metrics[0].name, seen)


def _seen(one: Observed, judged: Judged) -> Seen:
    first = one.condition.runs[0].seed
    again = [(d, a) for run, d, a in one.succeeded if run.seed == first]
    models = {run.seed: d for run, d, _ in one.succeeded}
    values = [a.metrics[judged.name] for _, a in again]
    apart = max(values, default=0.0) - min(values, default=0.0)
    same = len({d for d, _ in again}) == 1 if len(again) >= _PAIR else None
    return Seen(one.condition.budget, same, apart, len(models), len(set(models.values())))


def _kind(seen: Sequence[Seen]) -> Kind:
    """Tell by the digests of repeats and of seeds, with the search and in a single fit."""
    acts = [s.models > 1 for s in seen]
    if any(s.repeats is False for s in seen):
        return "unseeded"
    if any(s.repeats is None or s.seeds < _PAIR for s in seen):
        return "failed"
    if not any(acts):
        return "ignores the seed"
    return "seeded" if all(acts) else "seeded by the search"


def _by_kind(families: Sequence[Family]) -> Iterator[Cause]:
    """One sentence for all estimators of a kind."""
    for kind, sentence in _FAMILIES.items():
        mine = [f for f in families if f.kind == kind]
        if mine:
            names = ", ".join(f.name for f in mine)
            ending = "s" if len(mine) == 1 else ""
            seeds = min(s.seeds for f in mine for s in f.seen)
            words = sentence.format(names=names, s=ending, seeds=seeds)
            yield Cause(f"estimator-{kind.replace(' ', '-')}", words)


def _failures(lines: Sequence[Line]) -> Iterator[Cause]:
    for line in (one for one in lines if one.failed):
        how = f"{line.failed} of {line.failed + line.usable} trainings failed: {line.message}"
        yield Cause("failures", f"{line.about}, {line.threads}, {line.budget}: {how}")


def percent(share: Estimate) -> str:
    """`78% (60-90)`."""
    low, high = (100 * end for end in share.interval)
    return f"{100 * share.value:.0f}% ({low:.0f}-{high:.0f})"


def _spread(judged: Judged, sd: Estimate) -> str:
    """`0.03 nat (0.02 to 0.06)`."""
    unit = f" {judged.metric.unit}"
    low, high = (amount(judged, end).removesuffix(unit) for end in sd.interval)
    return f"{amount(judged, sd.value)} ({low} to {high})" if sd.interval[1] else "nothing"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
