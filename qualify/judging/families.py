"""What the seed does to each estimator family alone, by the digests of its predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qualify.core.canary import Judged
from qualify.judging.experiment import PAIR, Observed

Kind = Literal["unseeded", "ignores the seed", "seeded by the search", "seeded", "failed"]
_SENTENCES: dict[Kind, str] = {
    "unseeded": "unseeded estimator: {names} give{s} different predictions at the same seed",
    "ignores the seed": "{names} ignore{s} the seed: {seeds} seeds, one set of predictions, and "
    "repeats are the same (deterministic)",
    "seeded by the search": "the seed reaches {names} through the search only: a single fit is the "
    "same with {seeds} seeds",
    "seeded": "{names} obey{s} the seed: the same one repeats, others differ",
    "failed": "{names} cannot be told: too few trainings succeeded",
}


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


def families(found: Sequence[Observed], metrics: Sequence[Judged]) -> Iterator[Family]:
    """Read the conditions of one estimator each; metrics compare its repeats by the first."""
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
    same = len({d for d, _ in again}) == 1 if len(again) >= PAIR else None
    return Seen(one.condition.budget, same, apart, len(models), len(set(models.values())))


def _kind(seen: Sequence[Seen]) -> Kind:
    """Tell by the digests of repeats and of seeds, with the search and in a single fit."""
    acts = [s.models > 1 for s in seen]
    if any(s.repeats is False for s in seen):
        return "unseeded"
    if any(s.repeats is None or s.seeds < PAIR for s in seen):
        return "failed"
    if not any(acts):
        return "ignores the seed"
    return "seeded" if all(acts) else "seeded by the search"


def sentences(families: Sequence[Family]) -> Iterator[tuple[Kind, str]]:
    """One sentence for all estimators of a kind."""
    for kind, sentence in _SENTENCES.items():
        mine = [f for f in families if f.kind == kind]
        if mine:
            names = ", ".join(f.name for f in mine)
            ending = "s" if len(mine) == 1 else ""
            seeds = min(s.seeds for f in mine for s in f.seen)
            words = sentence.format(names=names, s=ending, seeds=seeds)
            yield kind, words
