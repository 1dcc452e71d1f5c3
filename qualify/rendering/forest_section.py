"""The page section of all targets: their builds with the decision and the share of red cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.share import shares
from qualify.core.atlas import Atlas, Neighbour
from qualify.core.overview import Overview, Standing
from qualify.core.verdict import Answer
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.shown import figures
from qualify.rendering.text import amount, printable
from qualify.rendering.turns import share_red

BUILDS = 60
"""The most builds of a target's line."""
_ORDER: tuple[Answer, ...] = ("hold", "inconclusive")
_HEAD = ("target", "newest", "version", "day", "decision", "#red", "#share red", "shipped last")
_PAGES = "qualify publish --all-targets"


def forest_section(atlas: Atlas) -> Block:
    """The page's own target and its neighbours; what has a page is a way to it."""
    known = [one for one in (Neighbour(atlas.overview), *atlas.others) if one.overview.builds]
    answers = [one.overview.builds[0].answer for one in known]
    worst: Answer = next((one for one in _ORDER if one in answers), "ship")
    return {
        "title": "All targets",
        "kicker": amount(len(known), "target"),
        "answer": worst,
        "glyph": ANSWER_GLYPH[worst],
        "lead": _lead(answers),
        "blocks": list(_blocks(known, atlas.overview)),
    }


def _lead(answers: Sequence[Standing]) -> str:
    """How many of the newest builds are held, undecided and fit to ship."""
    told = (f"{answers.count(one)} {one}" for one in dict.fromkeys(sorted(answers)))
    return f"The newest builds: {', '.join(told)}" if answers else "No target has a build"


def _blocks(known: Sequence[Neighbour], own: Overview) -> Iterator[Block]:
    here = [one.overview is own or bool(one.page) for one in known]
    pairs = list(zip(known, here, strict=True))
    yield blocks.table("Targets", _HEAD, [_row(one, linked) for one, linked in pairs])
    if not all(here):
        yield blocks.command("Draw a page of each", _PAGES)
    for one, linked in pairs:
        title = f"{one.overview.target}, the newest build first"
        yield blocks.ribbon(title, _marks(one, linked))
    drawn = [one.overview for one in known]
    yield from figures("the share of red cells, build by build", shares(drawn))


def _row(one: Neighbour, linked: bool) -> tuple[Value, ...]:
    of, newest = one.overview, one.overview.builds[0]
    red, ran = share_red(of, 0)
    shipped = next((build for build in of.builds if build.answer == "ship"), None)
    last = f"{shipped.id} · {shipped.version}" if shipped else "none"
    name: Value = blocks.link(of.target, one.page) if one.page else of.target
    place = f"{one.page}{blocks.permalink(newest.id)}"
    build: Value = blocks.link(newest.id, place) if linked else newest.id
    names = (name, build, newest.version, newest.time[:10])
    share = f"{red / ran:.1%}" if ran else "–"
    return (*names, blocks.answer(newest.answer), f"{red} of {ran}", share, last)


def _marks(one: Neighbour, linked: bool) -> Iterator[tuple[Value, str, str]]:
    for at, head in enumerate(one.overview.builds[:BUILDS]):
        red, ran = share_red(one.overview, at)
        words = printable(f"{head.id} · {head.version}: {head.answer}, {red} of {ran} cells red")
        href = f"{one.page}{blocks.permalink(head.id)}" if linked else ""
        yield blocks.answer(head.answer), words, href
