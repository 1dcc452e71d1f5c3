"""Example atlases: of the example grid, and of a row with a long history that has a step."""

from __future__ import annotations

import dataclasses

from qualify.core.atlas import Atlas
from qualify.core.changes import ChangePoint, FirstBad
from qualify.core.grid import Grid
from qualify.core.overview import BuildHead, Point, RowHead, overview
from qualify.core.summing import summed
from qualify.core.verdict import Status
from tests.factories import grid


def atlas(of: Grid | None = None) -> Atlas:
    """The atlas of a grid whose builds are all shown with details."""
    whole = of or grid()
    return Atlas(summed(whole), whole.columns, {c.build.id: c.build for c in whole.columns})


def with_head(whole: Atlas, build: str, **values: object) -> Atlas:
    """The same with another head of a build."""
    heads = [
        dataclasses.replace(head, **values) if head.id == build else head
        for head in whole.overview.builds
    ]
    return dataclasses.replace(
        whole, overview=dataclasses.replace(whole.overview, builds=tuple(heads))
    )


ROW = RowHead(
    "quality/iris@py311-cpu-locked",
    "quality",
    "iris",
    "py311-cpu-locked",
    owner="@quality-team",
    about="irises are told apart",
    metric="log_loss",
    unit="nat",
    direction="lower",
)


def long_atlas(count: int = 40, step: int = 30, lanes: int = 1) -> Atlas:
    """Builds B0000, B0001, … whose log loss is worse since build `step`, and red since the last."""
    names = [f"B{number:04d}" for number in range(count)]
    heads = [
        BuildHead(name, f"1.{at}", f"2025-01-01T00:{at % 60:02d}:00+00:00", "ship")
        for at, name in enumerate(names)
    ]
    rows = [
        ROW,
        *(
            dataclasses.replace(ROW, id=f"quality/iris@py31{at}-cpu-locked", lane=f"py31{at}")
            for at in range(2, 1 + lanes)
        ),
    ]
    points = {
        (row.id, name): Point(
            Status.REGRESSED if at == count - 1 else Status.PASSED,
            0.31 if at < step else 0.36,
            0.0 if at < step else 0.05,
            8,
            12.5,
        )
        for row in rows
        for at, name in enumerate(names)
    }
    return Atlas(
        overview("flaml", heads[::-1], rows, points),
        changes={ROW.id: (change(names, step),)},
        bad={ROW.id: FirstBad(ROW.id, names[-3], names[-1], (names[-2],))},
    )


def change(names: list[str], step: int) -> ChangePoint:
    """A step that one of three builds made."""
    near = names[max(0, step - 1) : step + 2]
    return ChangePoint(
        row=ROW.id,
        metric="log_loss",
        build=names[step],
        posterior=tuple(zip((names[step], *near[::2]), (0.8, 0.15, 0.05), strict=False)),
        interval=(near[0], near[-1]),
        shift=0.05,
        bounds=(0.04, 0.06),
        before=0.31,
        after=0.36,
        confidence=0.98765,
    )
