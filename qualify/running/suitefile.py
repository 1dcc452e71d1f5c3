"""Canaries as they are declared: one TOML table each, every mistake reported at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from qualify.core.canary import CAPS, Budget, Canary, Judged, Limits
from qualify.core.data import fetched
from qualify.core.errors import SuiteError, nearest
from qualify.core.matrix import MODES, RUNNERS, Lane, matches
from qualify.core.metric import METRICS, find
from qualify.core.practices import PRACTICES
from qualify.core.promises import PROMISES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")
POSSIBLE = tuple(
    Lane(f"3.{minor}", runner, mode)
    for minor in range(10, 20)
    for runner in RUNNERS
    for mode in MODES
)
Positive = Annotated[float, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BudgetTable(_Strict):
    """How long a training may search: `iterations`, `seconds`, or both; else the adapter's preset.

    `share` is the part of the preset, which is in a package's own units.
    """

    iterations: Annotated[int, Field(gt=0)] | None = None
    seconds: Positive | None = None
    share: Positive = 1.0


class LimitsTable(_Strict):
    """When the guardian kills a training; `threads` are pinned."""

    wall_s: Positive = 120.0
    memory_mb: Positive = 4096.0
    threads: Annotated[int, Field(gt=0)] = 1


class CanaryTable(_Strict):
    """One canary. `metrics` maps a metric that gates to its margin."""

    dataset: str
    task: Literal["binary", "multiclass", "regression"]
    budget: BudgetTable = BudgetTable()
    interleaved: bool = False
    metrics: Annotated[dict[str, Positive], Field(min_length=1)]
    owner: str
    about: str = ""
    lanes: tuple[str, ...] = ("*-locked",)
    cap: int = 30
    options: dict[str, str | int | float | bool | list[str]] = Field(default_factory=dict)
    limits: LimitsTable = LimitsTable()
    needs: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()

    @field_validator("dataset")
    @classmethod
    def _known(cls, name: str, info: ValidationInfo) -> str:
        datasets = (info.context or {}).get("datasets", (name,))
        return _refuse(
            name,
            []
            if name in datasets or fetched(name)
            else [f"unknown dataset {name!r}; {nearest(name, datasets)}"],
        )

    @field_validator("metrics")
    @classmethod
    def _judgeable(cls, metrics: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        return _refuse(metrics, [m for name in metrics for m in _wrong_metric(name, info.data)])

    @field_validator("cap")
    @classmethod
    def _calibrated(cls, cap: int) -> int:
        limits = ", ".join(map(str, CAPS))
        return _refuse(
            cap, [] if cap in CAPS else [f"the tests have limits for caps of {limits}, not {cap}"]
        )

    @field_validator("lanes")
    @classmethod
    def _possible(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        lanes = [str(lane) for lane in POSSIBLE]
        lost = [p for p in patterns if not any(matches(lane, [p]) for lane in lanes)]
        return _refuse(patterns, [f"no lane can match {p!r}; {nearest(p, lanes)}" for p in lost])

    @field_validator("needs")
    @classmethod
    def _promises(cls, needs: tuple[str, ...]) -> tuple[str, ...]:
        return _refuse(needs, _unknown("promise", needs, PROMISES))

    @field_validator("practice")
    @classmethod
    def _practices(cls, practice: tuple[str, ...]) -> tuple[str, ...]:
        return _refuse(practice, _unknown("practice", practice, PRACTICES))


def _unknown(what: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    known = list(known)
    return [f"unknown {what} {n!r}; {nearest(n, known)}" for n in names if n not in known]


def _refuse(value: T, mistakes: Sequence[str]) -> T:
    if mistakes:
        raise ValueError("; and ".join(mistakes))
    return value


def _wrong_metric(name: str, table: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with judging a metric; `table` holds the keys that were right so far."""
    metric = find(name)
    if metric is None:
        yield f"unknown metric {name!r}; {nearest(name, METRICS)}"
        return
    if "task" in table and table["task"] not in metric.tasks:
        yield f"metric {name!r} is not one of a {table['task']} task"
    if metric.kind == "resource" and table.get("interleaved") is False:
        yield f"{name} is only judged side by side: set interleaved = true"


class SuiteFile(_Strict):
    """A file of canaries: `[canary.NAME]` tables."""

    canary: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], CanaryTable]


def read_suite(path: Path, datasets: Sequence[str]) -> tuple[Canary, ...]:
    """Read every canary of a file; raises SuiteError that names each mistake."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        file = SuiteFile.model_validate(table, context={"datasets": datasets})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path}: {error}", "mend the TOML") from None
    except ValidationError as error:
        mistakes = explain(error, SuiteFile, CanaryTable, BudgetTable, LimitsTable)
        raise SuiteError(f"{path}:\n{mistakes}", "mend the lines named") from None
    return tuple(_canary(name, path.parent.name, table) for name, table in file.canary.items())


def _canary(name: str, suite: str, table: CanaryTable) -> Canary:
    return Canary(
        name=name,
        suite=suite,
        dataset=table.dataset,
        task=table.task,
        budget=Budget(table.budget.iterations, table.budget.seconds, table.budget.share),
        metrics=tuple(Judged(metric, margin) for metric, margin in table.metrics.items()),
        owner=table.owner,
        about=table.about,
        lanes=table.lanes,
        interleaved=table.interleaved,
        cap=table.cap,
        options=dict(table.options),
        limits=Limits(table.limits.wall_s, table.limits.memory_mb, table.limits.threads),
        needs=table.needs,
        practice=table.practice,
    )


def explain(error: ValidationError, *models: type[BaseModel]) -> str:
    """One line a mistake: the key, what is wrong, and the nearest valid key."""
    known = {field for model in models for field in model.model_fields}
    lines = []
    for mistake in error.errors():
        where = ".".join(str(part) for part in mistake["loc"])
        hint = ""
        if mistake["type"] == "extra_forbidden":
            hint = f"; {nearest(str(mistake['loc'][-1]), known)}"
        lines.append(f"  {where}: {mistake['msg'].removeprefix('Value error, ')}{hint}")
    return "\n".join(lines)
