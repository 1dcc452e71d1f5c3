"""The page section of one build, as a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator

from qualify.core.candidate import Build, BuildFailure
from qualify.core.grid import Column, Square
from qualify.core.verdict import Status
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.text import printable


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
    if decision.reasons:
        yield blocks.table("Why", ("",), [(reason,) for reason in decision.reasons])
    yield from _open_cells(column)
    yield _counts(column)
    yield from _failures(column.build)
    yield _provenance(column)
    yield from _locks(column.build)


def _open_cells(column: Column) -> Iterator[Block]:
    rows = [
        _open_row(column, square)
        for square in column.squares.values()
        if not square.verdict.status.green
    ]
    if rows:
        yield blocks.table("Cells that are not green", ("status", "cell", "reason"), rows)


def _open_row(column: Column, square: Square) -> tuple[Value, ...]:
    identifier = square.cell.id
    place = blocks.link(identifier, blocks.permalink(column.build.id, identifier))
    return (blocks.chip(square.verdict.status), place, square.verdict.reason)


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
