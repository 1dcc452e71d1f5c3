"""The page section of one build, as a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from qualify.core.atlas import Atlas
from qualify.core.candidate import Build, BuildFailure
from qualify.core.grid import Column
from qualify.core.verdict import Finding, Status
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.build_history import costs, open_cells, reasons_told, since_shipped
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.shown import drawn
from qualify.rendering.since import build_of
from qualify.rendering.text import alpha, p_value, printable

_FINDING_HEAD = ("finding", "what it means", "#p at most", "#share of α", "reason")
_FEW = 5  # reasons that are told before the cells


def build_section(atlas: Atlas, column: Column) -> Block:
    """The decision, what weighs in it, what changed, where the build comes from and its cost."""
    decision = column.decision
    return {
        "title": printable(f"{column.build.id} · {column.build.version}"),
        "kicker": printable(f"{column.build.target} · {column.time}"),
        "answer": decision.answer,
        "glyph": ANSWER_GLYPH[decision.answer],
        "lead": printable(decision.reason),
        "blocks": list(_blocks(atlas, column)),
    }


def _blocks(atlas: Atlas, column: Column) -> Iterator[Block]:
    decision = column.decision
    yield _counts(column)
    why = _reasons(column)
    few = len(why) <= _FEW
    if why and few:
        yield blocks.table("Why", ("",), why)
    if decision.findings:
        rows = [_finding_row(one) for one in decision.findings]
        title = "What the cells show together"
        yield blocks.table(title, _FINDING_HEAD, rows, prose=True)
    yield from open_cells(atlas, column)
    if not few:
        yield blocks.table(f"Other reasons ({len(why)})", ("",), why, fold=True)
    yield from drawn("build", f"of build {column.build.id}", atlas, column)
    yield from since_shipped(atlas, column)
    yield from _discoveries(column)
    yield from _failures(column.build)
    yield costs(atlas, column)
    yield _provenance(atlas, column)
    yield from _locks(column.build)


def _reasons(column: Column) -> list[tuple[str]]:
    """Why the decision is as it is, but for the reasons that a table below tells in full."""
    endings = tuple(filter(None, reasons_told(column)))
    return [(reason,) for reason in column.decision.reasons if not reason.endswith(endings)]


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
            (
                blocks.place(column, cell),
                *("named" if cell in views[view] else "–" for view in views),
            )
            for cell in cells
        ]
        yield blocks.table(title, ("cell", *map(printable, views)), rows)
    elif views:
        yield blocks.text(title, f"No cell is named by {' or '.join(views)}.")


def _counts(column: Column) -> Block:
    counts = column.decision.counts
    found = ((status, counts.get(status.value, 0)) for status in Status)
    return blocks.chips("Cells", [(status, count) for status, count in found if count])


def _provenance(atlas: Atlas, column: Column) -> Block:
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
            *_files(atlas, column),
        ),
    )


def _files(atlas: Atlas, column: Column) -> Iterator[tuple[str, Value]]:
    """The build's files: beside the page while it is in a work folder, else its bundle."""
    at = build_of(atlas.overview, column.build.id)
    bundle = atlas.overview.builds[at].bundle if at is not None else ""
    if bundle:
        yield "bundle", f"{bundle}.zip"
    else:
        yield (
            "JUnit",
            blocks.link("junit.xml", blocks.beside("builds", column.build.id, "junit.xml")),
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
