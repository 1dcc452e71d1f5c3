"""The options that every verb shares, and the context they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from qualify.config import load
from qualify.core.matrix import RUNNERS
from qualify.verbs.planning.plan import Selection
from qualify.wiring import Context

F = TypeVar("F", bound=Callable[..., Any])

_CANDIDATE = (
    "NAME==VERSION (its sdist, built here), a source tree, git+URL@REF, an sdist or a wheel."
)
_PLACED = (
    click.option("--config", type=click.Path(path_type=Path), help="Default: ./qualify.toml."),
    click.option("--work", help="Where builds and environments are kept. Default: .qualify."),
)
_SHARED = (
    *_PLACED,
    click.option("--candidate", help=_CANDIDATE),
    click.option("--baseline", help="The build to compare with; the same forms."),
    click.option("--select", multiple=True, metavar="GLOB", help="Cells; '!GLOB' leaves out."),
    click.option("--python", "pythons", multiple=True, metavar="X.Y", help="Lanes of this python."),
    click.option(
        "--runner",
        "runners",
        multiple=True,
        type=click.Choice(RUNNERS),
        help="Lanes of this machine.",
    ),
    click.option("-j", "--jobs", type=click.IntRange(min=1), help="Cells side by side."),
    click.option(
        "--installer", type=click.Choice(["auto", "uv", "pip"]), help="Default: uv if there."
    ),
)


def shared(function: F) -> F:
    """Add the options of every verb that builds or trains."""
    return _with(_SHARED, function)


def placed(function: F) -> F:
    """Add the options of every verb that only reads: where things are."""
    return _with(_PLACED, function)


def context(given: dict[str, Any], report: Callable[[str], None]) -> tuple[Context, Selection]:
    """Make the context and the selection from the shared options; raises ConfigError."""
    selection = Selection(given["select"], given["pythons"], given["runners"])
    return reader(given, report), selection


def reader(given: dict[str, Any], report: Callable[[str], None]) -> Context:
    """Make the context from the options that were given; raises ConfigError."""
    work = given.get("work")
    overrides = {
        "target.candidate": given.get("candidate"),
        "target.baseline": given.get("baseline"),
        "paths.work": str(Path(work).resolve()) if work else None,
        "jobs": given.get("jobs"),
        "installer": given.get("installer"),
    }
    return Context(*load(given["config"], overrides), report)


def _with(options: tuple[Callable[[F], F], ...], function: F) -> F:
    for option in reversed(options):
        function = option(function)
    return function
