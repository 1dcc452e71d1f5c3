"""The page section of all targets: their builds with the decision and the share of red cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.share import shares
from qualify.core.atlas import Atlas
from qualify.core.overview import BuildHead, Standing
from qualify.core.verdict import Answer
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.shown import figures
from qualify.rendering.text import printable
from qualify.rendering.turns import share_red

BUILDS = 60
"""The most builds of a target's line."""
_ORDER: tuple[Answer, ...] = ("hold", "inconclusive")
_HEAD = ("target", "newest", "version", "day", "decision", "#red", "#share red", "shipped last")


def forest_section(atlases: Sequence[Atlas]) -> Block:
    """Targets by builds; the heads link to sections where the page is of one target alone."""
    known = [atlas for atlas in atlases if atlas.overview.builds]
    answers = [atlas.overview.builds[0].answer for atlas in known]
    worst: Answer = next((one for one in _ORDER if one in answers), "ship")
    return {
        "title": "All targets",
        "kicker": f"{len(known)} targets",
        "answer": worst,
        "glyph": ANSWER_GLYPH[worst],
        "lead": _lead(answers),
        "blocks": list(_blocks(known)),
    }


def _lead(answers: Sequence[Standing]) -> str:
    """How many of the newest builds are held, undecided and fit to ship."""
    told = (f"{answers.count(one)} {one}" for one in dict.fromkeys(sorted(answers)))
    return f"The newest builds: {', '.join(told)}" if answers else "No target has a build"


def _blocks(atlases: Sequence[Atlas]) -> Iterator[Block]:
    yield blocks.table("Targets", _HEAD, [_target_row(atlas) for atlas in atlases])
    for atlas in atlases:
        marks = [
            _mark(atlas, at, linked=len(atlases) == 1)
            for at in range(min(BUILDS, len(atlas.overview.builds)))
        ]
        yield blocks.ribbon(f"{atlas.overview.target}, the newest build first", marks)
    yield from figures("the share of red cells, build by build", shares(atlases))


def _target_row(atlas: Atlas) -> tuple[Value, ...]:
    newest = atlas.overview.builds[0]
    red, ran = share_red(atlas.overview, 0)
    shipped = next((one for one in atlas.overview.builds if one.answer == "ship"), None)
    last = f"{shipped.id} · {shipped.version}" if shipped else "none"
    names = (atlas.overview.target, newest.id, newest.version, newest.time[:10])
    share = f"{red / ran:.1%}" if ran else "–"
    return (*names, blocks.answer(newest.answer), f"{red} of {ran}", share, last)


def _mark(atlas: Atlas, at: int, *, linked: bool) -> tuple[Value, str, str]:
    head: BuildHead = atlas.overview.builds[at]
    red, ran = share_red(atlas.overview, at)
    words = printable(f"{head.id} · {head.version}: {head.answer}, {red} of {ran} cells red")
    return blocks.answer(head.answer), words, blocks.permalink(head.id) if linked else ""
