"""What the history knows beside the work folder: older builds, and where rows changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualify.core.atlas import Atlas
from qualify.core.candidate import Build
from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.errors import QualifyError
from qualify.core.grid import Column, Grid
from qualify.core.overview import BuildHead, Overview, Point, RowHead, overview
from qualify.core.summing import summed
from qualify.judging.histories import changes, first_bad, series
from qualify.storing.builds import BuildFolder
from qualify.storing.history.choosing import Limits
from qualify.storing.history.history import History
from qualify.storing.history.whole import whole_build, whole_column

BUILDS = 100
"""How many builds are drawn unless asked otherwise."""
DETAILED = 12
"""Of how many builds all is read from the history; of the others, what the grid shows."""
Trained = Mapping[tuple[str, str], Mapping[str, Mapping[int, float]]]


@dataclass(frozen=True)
class Known:
    """The work folder's builds, the newest first, with the identities that name them everywhere."""

    grid: Grid
    identities: Mapping[str, str]


@dataclass(frozen=True)
class Remembered:
    """A part of a history: `trained` holds values by row and metric, build and seed."""

    overview: Overview
    columns: Mapping[str, Column] = field(default_factory=dict)
    records: Mapping[str, Build] = field(default_factory=dict)
    trained: Trained = field(default_factory=dict)


NOTHING = Remembered(Overview("", (), (), b""))


def remember(history: History, target: str, builds: int) -> Remembered:
    """Read the newest builds; one whose bundle is broken is told, and drawn as it is listed."""
    found = history.read(target, Limits(builds))
    tried = {
        name: _folders(history, target, name, digests) for name, digests in found.standing.items()
    }
    folders = {name: of for name, of in tried.items() if of}
    detailed = [head.id for head in found.overview.builds[:DETAILED] if head.id in folders]
    return Remembered(
        found.overview,
        {name: whole_column(name, folders[name], history.renames) for name in detailed},
        {name: whole_build(name, [f.candidate() for f in of]) for name, of in folders.items()},
        {
            key: {m.build: dict(zip(m.seeds, m.values, strict=False)) for m in of}
            for key, of in history.all_series(target, Limits(builds)).items()
        },
    )


def _folders(
    history: History, target: str, name: str, standing: Sequence[str]
) -> list[BuildFolder]:
    try:
        return history.folders(name, target, standing)
    except QualifyError as error:
        history.report(f"{name} is drawn without its details: {error.message}; {error.remedy}")
        return []


def joined(known: Known, history: Remembered, builds: int) -> Atlas:
    """Lay both side by side; of a build that both have, the work folder is the fresher."""
    names = _older(history.overview, known)
    whole = _overview(summed(known.grid), history.overview, names, builds)
    columns = {c.build.id: c for c in known.grid.columns}
    columns |= {
        names[old]: replace(column, build=replace(column.build, id=names[old]))
        for old, column in history.columns.items()
        if old in names
    }
    records = {name: column.build for name, column in columns.items()}
    records |= {
        names[old]: replace(build, id=names[old])
        for old, build in history.records.items()
        if old in names
    }
    shown = [head.id for head in whole.builds]
    trained = _trained(history.trained, names, known.grid)
    return Atlas(
        whole,
        tuple(columns[name] for name in shown if name in columns),
        {name: records[name] for name in shown if name in records},
        _changes(whole, trained),
        _bad(whole),
    )


def merged(known: Known, history: Overview, builds: int) -> Overview:
    """Lay both side by side as `joined` does, without any details."""
    return _overview(summed(known.grid), history, _older(history, known), builds)


def _older(history: Overview, known: Known) -> dict[str, str]:
    """The builds that only the history has, each with a name that no other build has here."""
    mine = set(known.identities.values())
    heads = [head for head in history.builds if head.identity not in mine]
    taken = known.identities.keys()
    names = {head.id: head.id for head in heads if head.id not in taken}
    for head in heads:
        if head.id in taken:
            names[head.id] = _free(head, {*names.values(), *taken})
    return names


def _free(head: BuildHead, taken: set[str]) -> str:
    """A name with the fewest characters of the identity, four or more, that is nobody's."""
    lengths = range(4, max(5, len(head.identity) + 1))
    tried = [f"{head.id}~{head.identity[:length]}" for length in lengths]
    return next((name for name in tried if name not in taken), tried[-1])


def _overview(here: Overview, there: Overview, names: Mapping[str, str], builds: int) -> Overview:
    heads: list[BuildHead] = list(here.builds)
    heads += [replace(head, id=names[head.id]) for head in there.builds if head.id in names]
    newest = sorted(heads, key=lambda head: (head.time, len(head.id), head.id), reverse=True)
    points = dict(_points(there, names)) | dict(_points(here, {h.id: h.id for h in here.builds}))
    rows: dict[str, RowHead] = {row.id: row for one in (there, here) for row in one.rows}
    target = here.target or there.target
    return overview(target, newest[:builds], list(rows.values()), points)


def _points(of: Overview, names: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], Point]]:
    for at, head in enumerate(of.builds):
        if head.id in names:
            for n, row in enumerate(of.rows):
                yield (row.id, names[head.id]), of.point(n, at)


def _trained(history: Trained, names: Mapping[str, str], grid: Grid) -> Trained:
    """The candidates' values, by row and metric, build and seed, of all builds."""
    found = {
        key: {names[old]: values for old, values in of.items() if old in names}
        for key, of in history.items()
    }
    for column in grid.columns:
        for row, square in column.squares.items():
            for one in square.verdict.metrics:
                if one.against == "baseline":
                    mine = dict(zip(one.seeds, one.candidate, strict=False))
                    found.setdefault((row, one.metric), {})[column.build.id] = mine
    return found


def _changes(whole: Overview, trained: Trained) -> dict[str, tuple[ChangePoint, ...]]:
    """The steps of each row's main metric."""
    oldest_first = [head.id for head in reversed(whole.builds)]
    found = {
        row.id: changes(series(row.id, row.metric, oldest_first, trained[row.id, row.metric]))
        for row in whole.rows
        if (row.id, row.metric) in trained
    }
    return {row: steps for row, steps in found.items() if steps}


def _bad(whole: Overview) -> dict[str, FirstBad]:
    found = (first_bad(whole, at) for at in range(len(whole.rows)))
    return {one.row: one for one in found if one}
