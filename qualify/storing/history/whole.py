"""All that is known of a build, from the bundles that its squares come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qualify.core.candidate import Build
from qualify.core.errors import InfrastructureError
from qualify.core.grid import Column, Square
from qualify.core.verdict import Answer, Decision
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column
from qualify.storing.history.names import Renames

_WORST: tuple[Answer, ...] = ("ship", "inconclusive", "hold")


def worst(answers: Sequence[Answer]) -> int:
    """The place of the answer that holds a build most."""
    return max(range(len(answers)), key=lambda at: _WORST.index(answers[at]))


def whole_column(name: str, folders: Sequence[BuildFolder], renames: Renames) -> Column:
    """The column of a build from its unpacked bundles, the oldest first; the newest cells win."""
    columns = [column(folder, decided(folder)) for folder in folders]
    squares: dict[str, Square] = {}
    for own in (False, True):  # a row under its own name wins over one that was renamed to it
        for one in columns:
            renamed = [_renamed(square, renames) for square in one.squares.values()]
            found = [s for s, mine in renamed if mine is own]
            squares |= {square.cell.id: square for square in found}
    ordered = [
        renames.cell(square.cell).id for one in reversed(columns) for square in one.squares.values()
    ]
    decision = columns[worst([one.decision.answer for one in columns])].decision
    if len(columns) > 1:
        decision = _counted(decision, squares)
    return replace(
        columns[-1],
        build=whole_build(name, [one.build for one in columns]),
        decision=decision,
        squares={cell: squares[cell] for cell in dict.fromkeys(ordered)},
    )


def whole_build(name: str, builds: Sequence[Build]) -> Build:
    """The record of a build with the environments of every machine; the newest wins."""
    made = replace(builds[-1], id=name)
    for one in builds[-2::-1]:
        environments = {**one.environments, **made.environments}
        failures = {k: v for k, v in one.failures.items() if k not in environments}
        made = replace(made, environments=environments, failures={**failures, **made.failures})
    return made


def decided(folder: BuildFolder) -> Decision:
    """The decision in a bundle; raises InfrastructureError."""
    decision = folder.decision()
    if decision is None:
        raise InfrastructureError(f"{folder.path} holds no decision", "pull its bundle again")
    return decision


def _renamed(square: Square, renames: Renames) -> tuple[Square, bool]:
    cell = renames.cell(square.cell)
    return replace(square, cell=cell), cell is square.cell


def _counted(decision: Decision, squares: dict[str, Square]) -> Decision:
    """A decision that counts the cells of all bundles."""
    verdicts = [square.verdict for square in squares.values()]
    counts = Counter(verdict.status.value for verdict in verdicts)
    return replace(decision, counts=dict(counts), trainings=sum(v.trainings for v in verdicts))
