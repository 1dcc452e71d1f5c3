"""The page section of a comparison of builds, as a list of blocks.

Unless asked for everything, it shows what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from qualify.core.grid import Column
from qualify.core.verdict import MetricEvidence, Status
from qualify.judging.comparing import Amount, Comparison, Standing
from qualify.judging.contrasts import Contrast, Contrasted
from qualify.judging.recorded import Line
from qualify.rendering import blocks, text
from qualify.rendering.blocks import Block, Value
from qualify.rendering.factors_block import factor_blocks, short

_NAMED = 4
_OF_COURSE = {"version", "time", "source", "commit", "wheel", "judged against"}
_TOLD = {"version", "time"}  # of the provenance: the builds' own table says them
_METRIC_HEAD = ("metric", "build", "#mean", "loss, 95 % interval", "trainings")
_POST_HOC = (
    "Means are of the trainings compared, the first build's before the other's; a loss > 0 is "
    "worse than the first; alike are trainings that predict bit for bit what the first build "
    "predicts. Intervals are those of a fixed number of trainings: where trainings stopped by what "
    "they showed, they are somewhat too narrow, and of {n} about {false:.2g} exclude 0 by chance. "
    "They decide nothing."
)


def compare_section(of: Comparison, *, everything: bool = False) -> Block:
    """All that sets builds apart, the factors that explain it first."""
    first, *others = (f"{c.build.id} {c.build.version}" for c in of.columns)
    lanes = sorted(
        {str(s.cell.lane) for c in of.columns for s in c.squares.values() if s.cell.lane}
    )
    kicker = (of.columns[0].build.target, f"{len(of.columns)} builds", ", ".join(lanes))
    shown = _without_lane(of, lanes[0]) if len(lanes) == 1 else of
    return {
        "title": text.printable(f"{', '.join(others)} against {first}"),
        "kicker": text.printable(" · ".join(filter(None, kicker))),
        "answer": "",
        "glyph": "≠",
        "lead": text.printable(lead(of)),
        "blocks": list(_blocks(shown, everything=everything)),
    }


def _without_lane(of: Comparison, lane: str) -> Comparison:
    """Where all cells are on one lane, their names need not say so."""

    def short(cell: str) -> str:
        return cell.removesuffix(f"@{lane}")

    return replace(
        of,
        verdicts=tuple(replace(one, cell=short(one.cell)) for one in of.verdicts),
        metrics=tuple(replace(one, cell=short(one.cell)) for one in of.metrics),
        parameters=tuple(replace(one, group=short(one.group)) for one in of.parameters),
    )


def lead(of: Comparison) -> str:
    """What differs, in a sentence."""
    cells = sum(one.differs for one in of.verdicts)
    moved = sum(one.moved for one in of.metrics)
    told = (
        f"{cells} of {len(of.verdicts)} cells do not stand alike",
        f"{moved} of {len(of.metrics)} metrics are shown to differ",
        f"of what is recorded, {_differences(of)}",
    )
    return "; ".join(told)


def _differences(of: Comparison) -> str:
    lines = (*of.provenance, *of.environment, *of.parameters)
    names = list(dict.fromkeys(n.name for n in lines if n.differs and n.name not in _OF_COURSE))
    if not names:
        return "only the builds themselves differ"
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{rest} {'differs' if len(names) == 1 else 'differ'}"


def _blocks(of: Comparison, *, everything: bool) -> Iterator[Block]:
    names = [column.build.id for column in of.columns]
    yield _heads(of)
    yield from factor_blocks(of)
    yield from _lines("Provenance", names, of.provenance, everything=everything)
    yield from _lines("Environment", names, of.environment, everything=everything)
    yield from _lines("Parameters", names, of.parameters, everything=everything)
    yield from _verdicts(names, of.verdicts, everything=everything)
    for kind, title in (("quality", "Metrics"), ("resource", "Resources")):
        yield from _metrics(of, kind, title, everything=everything)
    yield _costs(of.columns, of.costs, everything=everything)


def _heads(of: Comparison) -> Block:
    head = ("build", "version", "time", "decision", "#trainings")
    return blocks.table("Builds", head, [_head(column) for column in of.columns])


def _head(column: Column) -> tuple[Value, ...]:
    build, decision = column.build, column.decision
    link = blocks.link(build.id, blocks.permalink(build.id))
    time = column.time[:16].replace("T", " ")
    answer = blocks.answer(decision.answer)
    return (link, build.version, time, answer, str(decision.trainings))


def _lines(
    title: str, names: Sequence[str], lines: Sequence[Line], *, everything: bool
) -> Iterator[Block]:
    rest = [line for line in lines if line.name not in _TOLD]
    shown = [line for line in rest if everything or line.differs]
    alike = f"All {len(rest)} things that are recorded are the same."
    if not shown:
        yield blocks.text(title, alike if lines else "Nothing is recorded.")
    for group, found in groupby(shown, key=lambda line: line.group):
        rows = [(line.name, *(short(value) for value in line.values)) for line in found]
        where = f"{title} · {group}" if group else title
        yield blocks.table(text.printable(where), ("", *map(text.printable, names)), rows)


def _verdicts(
    names: Sequence[str], verdicts: Sequence[Standing], *, everything: bool
) -> Iterator[Block]:
    shown = [one for one in verdicts if everything or one.differs]
    if not shown:
        yield blocks.text("Verdicts", f"All {len(verdicts)} cells stand alike.")
        return
    rows = [(one.cell, *map(blocks.chip, one.statuses)) for one in shown]
    title = f"Verdicts ({len(shown)} of {len(verdicts)} cells)"
    yield blocks.table(title, ("cell", *map(text.printable, names)), rows)
    reasons = [
        (one.cell, name, reason)
        for one in shown
        for name, status, reason in zip(names, one.statuses, one.reasons, strict=True)
        if reason and not status.green
    ]
    if reasons:
        yield blocks.table("Reasons", ("cell", "build", "reason"), reasons, prose=True)


def _metrics(of: Comparison, kind: str, title: str, *, everything: bool) -> Iterator[Block]:
    mine = [one for one in of.metrics if one.kind == kind]
    shown = [one for one in mine if everything or one.moved or (one.judged and not one.alike)]
    names = [column.build.id for column in of.columns[1:]]
    rows = [row for one in shown for row in _metric_rows(one, names)]
    if rows:
        yield blocks.table(f"{title} ({len(shown)} of {len(mine)})", _METRIC_HEAD, rows)
        n = sum(c.effect.lower is not None for one in mine for c in one.contrasts if c)
        yield blocks.text("", _POST_HOC.format(n=n, false=n / 20))
    else:
        yield blocks.text(title, f"None of {len(mine)} metrics is shown to differ.")
    if kind == "quality":
        yield from _alike(mine)


def _alike(metrics: Sequence[Contrasted]) -> Iterator[Block]:
    cells = dict.fromkeys(one.cell for one in metrics)
    alike = list(dict.fromkeys(one.cell for one in metrics if one.alike))
    if alike:
        rest = f" and {len(alike) - _NAMED} more" if len(alike) > _NAMED else ""
        names = ", ".join(alike[:_NAMED]) + rest
        told = f"{len(alike)} of {len(cells)} cells predict alike bit for bit in every build"
        yield blocks.text("", f"{told}: {names}.")


def _metric_rows(one: Contrasted, names: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    unit = f" [{one.unit}]" if one.unit else ""
    for name, mean, contrast in zip(names, one.means[1:], one.contrasts, strict=True):
        if mean is not None or one.means[0] is not None:
            told = _contrast(one, contrast) if contrast else ("–", "–", "none in common")
            yield (f"{one.cell} {one.metric}{unit}", name, *told)


def _contrast(one: Contrasted, found: Contrast) -> tuple[str, ...]:
    effect = found.effect
    told = MetricEvidence(
        *(one.metric, one.unit, Status.PASSED, "", ""),
        effect=effect.estimate,
        interval=(effect.lower, effect.upper),
    )
    interval = f" ({text.interval(told)})" if effect.lower is not None else ""
    pairs = f"{found.n} {'pairs' if found.seeds else 'of other seeds'}"
    alike = f", {found.same} alike" if found.seeds and one.kind == "quality" else ""
    means = f"{text.number(found.first)} → {text.number(found.mean)}"
    return (means, f"{text.effect(told)}{interval}", f"{pairs}{alike}")


def _costs(columns: Sequence[Column], costs: Sequence[Amount], *, everything: bool) -> Block:
    """A row for each build (and suite, where everything is asked for), a column for each amount."""
    suites = dict.fromkeys(one.group for one in costs if everything or not one.group)
    names = {one.name: f"#{one.name}" + (f", {one.unit}" if one.unit else "") for one in costs}
    values = {(one.group, one.name): one.values for one in costs}
    rows = [
        (column.build.id, suite or "all", *(text.number(values[suite, name][at]) for name in names))
        for suite in suites
        for at, column in enumerate(columns)
    ]
    return blocks.table(
        "Cost, trainings of both builds", ("build", "suites", *names.values()), rows
    )
