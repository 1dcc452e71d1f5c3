"""The options that every verb shares, and the context they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from qualify.config import load
from qualify.core.matrix import RUNNERS
from qualify.verbs.plan import Selection
from qualify.wiring import Context

F = TypeVar("F", bound=Callable[..., Any])

_CANDIDATE = (
    "NAME==VERSION (its sdist, built here), a source tree, git+URL@REF, an sdist or a wheel."
)
_SHARED = (
    click.option("--config", type=click.Path(path_type=Path), help="Default: ./qualify.toml."),
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
    click.option("--work", help="Where builds and environments are kept. Default: .qualify."),
    click.option("-j", "--jobs", type=click.IntRange(min=1), help="Cells side by side."),
    click.option(
        "--installer", type=click.Choice(["auto", "uv", "pip"]), help="Default: uv if there."
    ),
)


def shared(function: F) -> F:
    """Add the options that every verb takes."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def context(given: dict[str, Any], report: Callable[[str], None]) -> tuple[Context, Selection]:
    """Make the context and the selection from the shared options; raises ConfigError."""
    overrides = {
        "target.candidate": given["candidate"],
        "target.baseline": given["baseline"],
        "paths.work": str(Path(given["work"]).resolve()) if given["work"] else None,
        "jobs": given["jobs"],
        "installer": given["installer"],
    }
    config, root = load(given["config"], overrides)
    selection = Selection(given["select"], given["pythons"], given["runners"])
    return Context(config, root, report), selection
