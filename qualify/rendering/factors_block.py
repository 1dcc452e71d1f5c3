"""Factors of a comparison in words: what explains the differences, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualify.judging.comparing import Comparison
from qualify.judging.factors import LEAST, OUTCOMES, Factor, Outcome
from qualify.rendering import blocks, text
from qualify.rendering.blocks import Block, Value

_HEAD = ("factor", "levels", *(f"#{outcome}" for outcome in OUTCOMES))
_NAMED = 6
_HASH = 12
_MANY = 5
_METHOD = (
    "Over {n} units (a build on a lane): the share of their squared distances, in trainings of the "
    "same canary, seed and split, that lies between a factor's levels, beyond what as many levels "
    "explain by chance; p is that of regrouping the units."
)
_CAUSE = "Association is not cause: builds differ in more than is recorded."
_TITLE = "What explains the differences best"


def factor_blocks(of: Comparison) -> Iterator[Block]:
    """The ranking, and a word on what it rests on."""
    if len(of.units) < LEAST:
        yield blocks.text(_TITLE, "No two builds have trained the same canary, seed and split.")
        return
    if of.factors:
        yield blocks.table(_TITLE, _HEAD, [_row(one) for one in of.factors])
    yield blocks.text("" if of.factors else _TITLE, caveat(of))


def caveat(of: Comparison) -> str:
    """What the ranking can and cannot show."""
    told = [f"Nothing differs that is recorded of the {len(of.units)} units compared."]
    if of.factors:
        told = [_METHOD.format(n=len(of.units)), *_limits(of.factors), _CAUSE]
    if of.left_out:
        told += [f"Left out, for sharing no training: {', '.join(of.left_out)}."]
    return " ".join(told)


def _limits(factors: Sequence[Factor]) -> Iterator[str]:
    if any(len(one.names) > 1 for one in factors):
        yield "Factors joined by = change together and cannot be told apart."
    if any(one.single for one in factors):
        yield (
            "A factor with another level in every unit explains everything, and so nothing: more "
            "builds that share a level would tell."
        )
    if len(factors) >= _MANY:
        chance = f"{len(factors) / 20:.2g}"
        yield f"Of {len(factors)} factors about {chance} have a p below 0.05 by chance."
    if len(factors) == 1:
        yield f"Of all that is recorded, only {words(factors[0])} differs."


def words(one: Factor) -> str:
    """The names that cannot be told apart, the first few of many."""
    shown = " = ".join(one.names[:_NAMED])
    rest = len(one.names) - _NAMED
    return f"{shown} = {rest} more" if rest > 0 else shown


def short(value: str) -> str:
    """A value as it is shown: of a digest its first letters, a dash for none."""
    digest = len(value) > 2 * _HASH and not set(value) - set("0123456789abcdef")
    return value[:_HASH] if digest else value or "–"


def _row(one: Factor) -> tuple[Value, ...]:
    levels = text.one_line(" | ".join(map(short, dict.fromkeys(one.levels))), 60)
    return (words(one), levels, *(_explains(one, outcome) for outcome in OUTCOMES))


def _explains(one: Factor, outcome: Outcome) -> str:
    found = one.explains.get(outcome)
    if found is None:
        return "no difference"
    if found.adjusted is None:
        return "–"
    share = max(0.0, found.adjusted)
    return f"{share:.0%} (p {text.p_value(found.p_value)})"
