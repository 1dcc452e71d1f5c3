"""What a view is, and where views are found: one file each, here or in an installed package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Literal

from dashboards.style import Json

GROUP = "qualify.views"
"""The entry points by which an installed package adds views: each names a module with a `VIEW`."""
Place = Literal["cell", "row", "build"]


@dataclass(frozen=True)
class View:
    """Figures of one kind for one place of the page.

    `draw` is a pure function that gives as many figures as there is something to show, none as
    well. It is called with an `Atlas`, and then, by place, `cell`: the `Column` and the `Square`;
    `row`: the `RowHead`; `build`: the `Column`.
    """

    title: str
    place: Place
    draw: Callable[..., Iterable[Json]]


def views(place: Place) -> tuple[View, ...]:
    """The views of a place: this folder's by the names of their files, then those of packages."""
    return tuple(view for view in _all() if view.place == place)


@cache
def _all() -> tuple[View, ...]:
    return (*_own(), *_added())


def _own() -> Iterator[View]:
    package = importlib.import_module("dashboards")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        view = getattr(importlib.import_module(f"dashboards.{module.name}"), "VIEW", None)
        if isinstance(view, View):
            yield view


def _added() -> Iterator[View]:
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        yield importlib.import_module(entry.module).VIEW
