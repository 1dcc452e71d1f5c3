"""A build beside the builds before it: which cells turned, what changed, what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from qualify.core.atlas import Atlas
from qualify.core.grid import Column, Square
from qualify.core.overview import BuildHead
from qualify.core.verdict import Status
from qualify.rendering import blocks
from qualify.rendering.blocks import Block, Value
from qualify.rendering.changes import PARTS, Change, release_changes
from qualify.rendering.sentences import sentence
from qualify.rendering.since import build_of
from qualify.rendering.turns import last_shipped, turns

_AT_REST = (Status.NOT_SCHEDULED, Status.SKIPPED)
_LONG = 12  # lines that are shown without being asked for


def reasons_told(column: Column) -> list[str]:
    """The reasons that the tables of a build's section tell in full."""
    told = [one.verdict.reason for one in column.squares.values() if not one.verdict.status.green]
    return told + [one.reason for one in column.decision.findings]


def open_cells(atlas: Atlas, column: Column) -> Iterator[Block]:
    """What holds the build first, then what leaves it undecided, then what got better."""
    found = turns(atlas.overview, column.build.id)
    squares = column.squares.values()
    red = {s.cell.id for s in squares if s.verdict.status.red}
    still = [cell for cell in found.still if cell in red]
    undecided = [
        s.cell.id
        for s in squares
        if not (s.verdict.status.green or s.verdict.status.red or s.verdict.status in _AT_REST)
    ]
    yield from _cells("Newly red", column, [c for c in red_first(column) if c not in still], {})
    yield from _cells("Still red", column, still, found.still)
    yield from _cells("Undecided", column, undecided, {})
    yield from _cells("Fixed", column, found.fixed, found.fixed)
    yield from _cells("Flaky", column, found.flaky, {}, fold=True)


def red_first(column: Column) -> list[str]:
    """The red cells in the order of weight that the decision gives them."""
    reasons = column.decision.reasons
    red = [s.cell.id for s in column.squares.values() if s.verdict.status.red]
    heavy = {cell: at for at, why in enumerate(reasons) for cell in red if why.startswith(cell)}
    return sorted(red, key=lambda cell: heavy.get(cell, len(reasons)))


def _cells(
    title: str,
    column: Column,
    cells: Iterable[str],
    before: Mapping[str, BuildHead | None],
    *,
    fold: bool = False,
) -> Iterator[Block]:
    known = [column.squares[cell] for cell in cells if cell in column.squares]
    rows = [_cell_row(column, square, before.get(square.cell.id)) for square in known]
    if rows:
        head = ("status", "cell", "what that means")
        yield blocks.table(f"{title} ({len(rows)})", head, rows, prose=True, fold=fold)


def _cell_row(column: Column, square: Square, before: BuildHead | None) -> tuple[Value, ...]:
    was = f" (red in {before.id})" if before else ""
    words = f"{sentence(column, square)}{was}"
    return (blocks.chip(square.verdict.status), blocks.place(column, square.cell.id), words)


def since_shipped(atlas: Atlas, column: Column) -> Iterator[Block]:
    """Commit, dependencies and harness beside the last build that shipped, else the one before."""
    shipped = last_shipped(atlas.overview, column.build.id)
    at = build_of(atlas.overview, column.build.id)
    older = atlas.overview.builds[at + 1 :] if at is not None else ()
    other = shipped or (older[0] if older else None)
    if other is None:
        return
    why = "which shipped last" if shipped else "the build before; none has shipped"
    title = f"What changed since {other.id} · {other.version}, {why}"
    then = atlas.builds.get(other.id)
    if then is None:
        yield blocks.text(title, "Its record is not in this grid.")
        return
    rows = [_change_row(change) for change in release_changes(column.build, then)]
    if rows:
        head = ("", "what", "then", "now", "where")
        yield blocks.table(title, head, rows, fold=len(rows) > _LONG)
    else:
        yield blocks.text(title, "Nothing that is recorded: the same source and environments.")


def _change_row(change: Change) -> tuple[Value, ...]:
    where = ", ".join(change.lanes) or "everywhere"
    kind = f"{PARTS[change.part]} {change.kind}"
    return (kind, change.name, change.before or "–", change.after or "–", where)


def costs(atlas: Atlas, column: Column) -> Block:
    """Trainings and CPU seconds by suite, and what the build before took."""
    suites: dict[str, list[Square]] = {}
    for square in column.squares.values():
        suites.setdefault(square.cell.suite, []).append(square)
    spent = {suite: _seconds(squares) for suite, squares in suites.items()}
    whole = sum(spent.values())
    rows = [
        (
            suite,
            str(len(squares)),
            _trainings(squares),
            f"{spent[suite]:.1f}",
            _share(spent[suite], whole),
        )
        for suite, squares in sorted(suites.items(), key=lambda pair: -spent[pair[0]])
    ]
    total = ("all", str(len(column.squares)), str(column.decision.trainings), f"{whole:.1f}", "")
    head = ("suite", "#cells", "#trainings", "#CPU s", "#share")
    return blocks.table(f"Cost{_before(atlas, column)}", head, [*rows, total])


def _before(atlas: Atlas, column: Column) -> str:
    at = build_of(atlas.overview, column.build.id)
    older = atlas.overview.builds[at + 1 :] if at is not None else ()
    return (
        f"; {older[0].id} took {older[0].seconds:.1f} CPU s" if older and older[0].seconds else ""
    )


def _seconds(squares: Iterable[Square]) -> float:
    return sum(attempt.cpu_s for square in squares for attempt in square.attempts)


def _trainings(squares: Iterable[Square]) -> str:
    return str(sum(square.verdict.trainings for square in squares))


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.0%}" if whole else "–"
