"""Collection: a canary or a check on a lane is one pytest item, and one cell of the grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from qualify.core.canary import Canary
from qualify.core.matrix import Lane, matches
from qualify.core.plan import Cell
from qualify.core.verdict import Status, Verdict
from qualify.running.checks import ATTRIBUTE, Check, CheckFunction
from qualify.running.suitefile import read_suite

CANARY_FILE = "canaries.toml"
Fill = Callable[["CellItem"], Verdict]


class CellNotGreenError(Exception):
    """The cell's evidence does not pass it."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


class CellItem(pytest.Item):
    """One cell. `subject` is what fills it: a canary's values or a check's function."""

    def __init__(
        self,
        *,
        lane: Lane | None,
        subject: Canary | Check,
        function: CheckFunction | None,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.subject = subject
        self.function = function
        is_check = isinstance(subject, Check)
        self.cell = Cell(
            suite=self.path.parent.name,
            name=subject.name,
            lane=lane,
            node=self.nodeid,
            stage=subject.stage if isinstance(subject, Check) else "main",
            canary=subject.canary if isinstance(subject, Check) else subject,
            owner=subject.owner,
            about=subject.about,
            needs=subject.needs,
            practice=subject.practice,
            earlier=isinstance(subject, Check) and subject.earlier,
        )
        self.add_marker("check" if is_check else "canary")

    def runtest(self) -> None:
        """Fill the cell; raises CellNotGreenError unless it is green."""
        fill: Fill = self.config.stash[FILL]
        verdict = fill(self)
        if verdict.status in (Status.SKIPPED, Status.GATED):
            pytest.skip(verdict.reason)
        if not verdict.status.green:
            raise CellNotGreenError(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Say what a manager would ask, and how to see it again."""
        error = excinfo.value
        if not isinstance(error, CellNotGreenError):
            return super().repr_failure(excinfo, style)
        verdict = error.verdict
        return (
            f"{verdict.status.glyph} {verdict.status.value} ({verdict.code}): {verdict.reason}\n"
            f"reproduce: nox -s qualify -- --select '{self.cell.id}'"
        )

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the item by its cell."""
        return self.path, None, self.cell.id


FILL = pytest.StashKey[Fill]()
LANES = pytest.StashKey[Sequence[Lane]]()
DATASETS = pytest.StashKey[Sequence[str]]()


class CanaryFile(pytest.File):
    """A file of canaries."""

    def collect(self) -> Iterator[CellItem]:
        """One item a canary and lane."""
        for canary in read_suite(self.path, self.config.stash[DATASETS]):
            yield from make_items(self, canary.name, canary, None, canary.lanes)


def make_items(
    parent: pytest.Collector,
    name: str,
    subject: Canary | Check,
    function: CheckFunction | None,
    patterns: Iterable[str],
) -> Iterator[CellItem]:
    """Give an item for every lane that fits; the build itself is one item without a lane."""
    lanes: list[Lane | None] = [
        lane for lane in parent.config.stash[LANES] if matches(str(lane), patterns)
    ]
    if isinstance(subject, Check) and subject.stage == "build":
        lanes = [None]
    for lane in lanes:
        label = name if lane is None else f"{name}[{lane}]"
        yield CellItem.from_parent(
            parent, name=label, lane=lane, subject=subject, function=function
        )


def collect_file(file_path: Path, parent: pytest.Collector) -> CanaryFile | None:
    """Take files of canaries, where the plugin is at work."""
    if file_path.name == CANARY_FILE and LANES in parent.config.stash:
        return CanaryFile.from_parent(parent, path=file_path)
    return None


def collect_check(collector: pytest.Collector, name: str, obj: object) -> list[CellItem] | None:
    """Take functions that `@check` declares; without the plugin at work they are not collected."""
    check = getattr(obj, ATTRIBUTE, None)
    if not isinstance(check, Check) or not callable(obj):
        return None
    if LANES not in collector.config.stash:
        return []
    return list(make_items(collector, name, check, obj, check.lanes))
