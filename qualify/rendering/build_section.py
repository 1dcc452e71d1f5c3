"""The page section of one build, as a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from qualify.core.candidate import Build, BuildFailure
from qualify.core.grid import Column
from qualify.core.verdict import Finding, Status, Verdict
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.text import alpha, p_value, printable

_FINDING_HEAD = ("finding", "what it means", "#p at most", "#share of α", "reason")


def build_section(column: Column) -> Block:
    """The decision, what weighs in it, where the build comes from and what it is made of."""
    decision = column.decision
    return {
        "title": printable(f"{column.build.id} · {column.build.version}"),
        "kicker": printable(f"{column.build.target} · {column.time}"),
        "answer": decision.answer,
        "glyph": ANSWER_GLYPH[decision.answer],
        "lead": printable(decision.sentence),
        "blocks": list(_blocks(column)),
    }


def _blocks(column: Column) -> Iterator[Block]:
    decision = column.decision
    yield from _reasons(column)
    if decision.findings:
        rows = [_finding_row(one) for one in decision.findings]
        title = "What the cells show together"
        yield blocks.table(title, _FINDING_HEAD, rows, prose=True)
    yield from _open_cells(column)
    yield _counts(column)
    yield from _discoveries(column)
    yield from _failures(column.build)
    yield _provenance(column)
    yield from _locks(column.build)


def _reasons(column: Column) -> Iterator[Block]:
    """Why the decision is as it is, but for the reasons that a table below tells in full."""
    told = [verdict.reason for _, verdict in _open(column)]
    told += [one.reason for one in column.decision.findings]
    endings = tuple(filter(None, told))
    rest = [(reason,) for reason in column.decision.reasons if not reason.endswith(endings)]
    if rest:
        yield blocks.table("Why", ("",), rest)


def _finding_row(one: Finding) -> tuple[Value, ...]:
    numbers = (p_value(one.p_value), alpha(one.alpha))
    return (one.title, blocks.weight(one.weight), *numbers, f"{one.reason} ({one.code})")


def _discoveries(column: Column) -> Iterator[Block]:
    """Which cells the secondary views name, side by side."""
    views = column.decision.discoveries
    cells = dict.fromkeys(chain.from_iterable(views.values()))
    title = "Second opinion, on the false discovery rate; it decides nothing"
    if cells:
        rows = [
            (_place(column, cell), *("named" if cell in views[view] else "–" for view in views))
            for cell in cells
        ]
        yield blocks.table(title, ("cell", *map(printable, views)), rows)
    elif views:
        yield blocks.text(title, f"No cell is named by {' or '.join(views)}.")


def _place(column: Column, cell: str) -> Value:
    """A cell's name, and the way to its section where it has one."""
    known = cell in column.squares
    return blocks.link(cell, blocks.permalink(column.build.id, cell)) if known else cell


def _open_cells(column: Column) -> Iterator[Block]:
    rows = [
        (blocks.chip(verdict.status), _place(column, cell), verdict.reason)
        for cell, verdict in _open(column)
    ]
    if rows:
        head = ("status", "cell", "reason")
        yield blocks.table("Cells that are not green", head, rows, prose=True)


def _open(column: Column) -> list[tuple[str, Verdict]]:
    squares = column.squares.items()
    return [(cell, one.verdict) for cell, one in squares if not one.verdict.status.green]


def _counts(column: Column) -> Block:
    counts = column.decision.counts
    found = ((status, counts.get(status.value, 0)) for status in Status)
    title = f"Cells · trainings: {column.decision.trainings}"
    return blocks.chips(title, [(status, count) for status, count in found if count])


def _provenance(column: Column) -> Block:
    made = column.build.provenance
    return blocks.facts(
        "Provenance",
        (
            ("source", made.source),
            ("kind", made.kind),
            ("commit", made.commit),
            ("sha256", made.sha256),
            ("note", column.build.source.note),
            ("python", made.python),
            ("platform", made.platform),
            ("CPU", made.cpu),
            ("harness", made.harness),
            ("time", made.time),
            ("judged against", column.baseline),
            ("log", column.build.log),
        ),
    )


def _locks(build: Build) -> Iterator[Block]:
    for lane, environment in build.environments.items():
        made = f"python {environment.python_version}, {environment.installer}"
        seeds = [f"{line}  (seed)" for line in environment.seeds]
        title = f"Lock of {lane} · {len(environment.lock)} packages · {made}"
        yield blocks.log(title, (*environment.lock, *seeds))


def _failures(build: Build) -> Iterator[Block]:
    if build.failure:
        yield from _failure("The wheel could not be built", build.failure)
    for lane, failure in build.failures.items():
        yield from _failure(f"The environment of {lane} could not be made", failure)


def _failure(title: str, failure: BuildFailure) -> Iterator[Block]:
    where = f" (log: {failure.log})" if failure.log else ""
    yield blocks.text(title, f"{failure.reason}{where}")
    if failure.lines:
        yield blocks.log("Telling lines of the log", failure.lines)
