"""`qualify.toml` (or `[tool.qualify]` in pyproject.toml): defaults, validation, one cascade.

The cascade is: the defaults here, then the file, then the command line.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qualify.core.budget import ErrorBudget
from qualify.core.errors import ConfigError, nearest
from qualify.core.matrix import Lane, Mode, Runner

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CURRENT = ".".join(platform.python_version_tuple()[:2])
Python = Annotated[str, Field(pattern=r"^(current|3\.\d+)$")]
Rate = Annotated[float, Field(gt=0, lt=1)]
RowName = Annotated[str, Field(pattern=r"^[^/@]+/.+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(_Strict):
    """The package under qualification. `requirements` replace those that the adapter declares.

    `anchor` is a version whose committed baseline candidates are held to beside the last release:
    it moves only when a review moves it, so that small losses cannot add up unseen. `earlier` are
    releases before the baseline whose saved models must still load.
    """

    name: str = "flaml"
    adapter: str = "flaml"
    candidate: str = "flaml==2.7.0"
    baseline: str = "flaml==2.6.0"
    anchor: str = ""
    earlier: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requirements: tuple[str, ...] | None = None


class Lanes(_Strict):
    """The axes of the grid; `current` is the python that runs the harness."""

    pythons: Annotated[tuple[Python, ...], Field(min_length=1)] = ("current",)
    runners: Annotated[tuple[Runner, ...], Field(min_length=1)] = ("cpu",)
    modes: Annotated[tuple[Mode, ...], Field(min_length=1)] = ("locked", "free")

    def all(self) -> tuple[Lane, ...]:
        """Every combination."""
        return tuple(
            Lane(CURRENT if python == "current" else python, runner, mode)
            for python in self.pythons
            for runner in self.runners
            for mode in self.modes
        )


class Errors(_Strict):
    """The error budget of a release.

    `alpha` is the chance that an unchanged build shows anything red, `beta` that of passing a loss
    as large as the margin. The other four divide alpha: tests of metrics, of failures, of spread,
    and those over the whole grid.
    """

    alpha: Rate = 0.05
    beta: Rate = 0.05
    metrics: Rate = 0.6
    failures: Rate = 0.2
    variance: Rate = 0.1
    pooled: Rate = 0.1

    @model_validator(mode="after")
    def _whole(self) -> Errors:
        parts = self.metrics + self.failures + self.variance + self.pooled
        if parts > 1.0 + 1e-9:
            raise ValueError(f"the parts of alpha sum to {parts:g}; they must not exceed 1")
        return self

    def budget(self) -> ErrorBudget:
        """The budget as the plan keeps it."""
        return ErrorBudget(**self.model_dump())


class Paths(_Strict):
    """Folders, relative to the configuration file.

    `suites` is one folder or several; `plugin:NAME` is that of an installed plugin.
    """

    suites: str | Annotated[tuple[str, ...], Field(min_length=1)] = "suites"
    baselines: str = "baselines"
    work: str = ".qualify"

    @property
    def folders(self) -> tuple[str, ...]:
        """What `suites` names, in order."""
        return (self.suites,) if isinstance(self.suites, str) else self.suites


class HistorySettings(_Strict):
    """Where the bundles of judged builds are kept.

    `url` is a folder or any URL that fsspec knows; without one it is `history` in the work folder.
    `index` is a `postgresql://` URL for an index that many share; without one it is a file beside
    the bundles. `renames` say what a row, SUITE/NAME, is called now, so that it keeps its history.
    The newest `builds` and those of the last `days` keep raw attempts and logs when the history is
    pruned. `remote` and `branch` are where `qualify history push` goes without a destination.
    """

    url: str = ""
    index: str = ""
    renames: dict[RowName, RowName] = Field(default_factory=dict)
    builds: Annotated[int, Field(ge=1)] = 100
    days: Annotated[int, Field(ge=0)] = 90
    remote: str = "origin"
    branch: str = "qualify-history"


class Config(_Strict):
    """Everything that may be set."""

    target: Target = Target()
    lanes: Lanes = Lanes()
    errors: Errors = Errors()
    paths: Paths = Paths()
    history: HistorySettings = HistorySettings()
    jobs: Annotated[int, Field(ge=1)] = Field(default_factory=lambda: os.cpu_count() or 1)
    installer: Literal["auto", "uv", "pip"] = "auto"


def load(path: Path | None, overrides: dict[str, Any]) -> tuple[Config, Path]:
    """Read the configuration and the folder that its paths are relative to; raises ConfigError.

    `overrides` maps dotted keys to values given on the command line; None means not given.
    """
    found, table = _read(path)
    for key, value in overrides.items():
        if value is not None:
            _put(table, key.split("."), value)
    try:
        _root(table, found.parent if found else Path.cwd(), overrides)
        return Config.model_validate(table), found.parent if found else Path.cwd()
    except ValidationError as error:
        name = found or "the command line"
        raise ConfigError(f"{name}:\n{_explain(error)}", "see docs/reference/config.md") from None


def _read(path: Path | None) -> tuple[Path | None, dict[str, Any]]:
    if path is not None and not path.is_file():
        raise ConfigError(
            f"there is no configuration file {path}", "leave --config out, or mend it"
        )
    for candidate in [path] if path else [Path("qualify.toml"), Path("pyproject.toml")]:
        if candidate.is_file():
            table = _parse(candidate)
            if candidate.name == "pyproject.toml":
                table = table.get("tool", {}).get("qualify")
            if table is not None:
                return candidate.resolve(), table
    return None, {}


def _parse(path: Path) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", "mend the TOML") from None
    return table


def _root(table: dict[str, Any], root: Path, given: dict[str, Any]) -> None:
    """Let a candidate that the file names as a path start from the file's folder, too."""
    target = table.get("target")
    for key in ("candidate", "baseline"):
        spec = target.get(key) if isinstance(target, dict) else None
        named = isinstance(spec, str) and given.get(f"target.{key}") is None
        if isinstance(target, dict) and named and (root / str(spec)).exists():
            target[key] = str(root / str(spec))


def _put(table: Any, keys: list[str], value: object) -> None:
    """Set a dotted key; a word where a table belongs is left for the validation to name."""
    for key in keys[:-1]:
        table = table.setdefault(key, {}) if isinstance(table, dict) else None
    if isinstance(table, dict):
        table[keys[-1]] = value


def _explain(error: ValidationError) -> str:
    """One line a mistake, with the nearest valid key where one is unknown."""
    lines = []
    for mistake in error.errors():
        location = [str(part) for part in mistake["loc"]]
        hint = ""
        if mistake["type"] == "extra_forbidden":
            hint = f"; {nearest(location[-1], _known(location[:-1]))}"
        lines.append(f"  {'.'.join(location)}: {mistake['msg']}{hint}")
    return "\n".join(lines)


def _known(table: list[str]) -> list[str]:
    model: Any = Config
    for key in table:
        model = model.model_fields[key].annotation
    return list(model.model_fields)


def json_schema() -> str:
    """The JSON schema of `qualify.toml`, as shipped in docs/reference/qualify.schema.json."""
    schema = Config.model_json_schema()
    schema["properties"]["jobs"]["default"] = "the number of processors"
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return re.sub(r"[ \t]+\n", "\n", json.dumps(schema, indent=2)) + "\n"
