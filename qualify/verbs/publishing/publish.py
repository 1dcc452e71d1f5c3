"""Publish: everything that is drawn from the builds, in one folder for a web server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from qualify.core.atlas import Atlas
from qualify.core.errors import ConfigError, nearest
from qualify.core.grid import Column
from qualify.rendering.badge import badge
from qualify.rendering.feed import feed
from qualify.rendering.junit import junit
from qualify.rendering.overview_csv import overview_csv
from qualify.rendering.sarif import sarif
from qualify.rendering.site import INDEX, render_site, target_page
from qualify.rendering.summary import summary
from qualify.storing.api import write_api
from qualify.storing.files import write_text
from qualify.verbs.publishing.grid import gather
from qualify.verbs.publishing.neighbours import at_home, linked
from qualify.wiring import Context


def publish(
    context: Context,
    folder: Path,
    build: str | None = None,
    home: str = "",
    *,
    everything: bool = False,
) -> Column:
    """Write page, badge, feed, tables, and the reports on one build; returns that build.

    The newest one's where none is named. `home` is the address that the folder is served at, for
    readers of the feed; `everything` draws a page of every other target, too. Raises ConfigError.
    """
    atlas, generated = gather(context), context.clock.now()
    if everything:
        atlas = _with_others(context, atlas, folder)
    known = {column.build.id: column for column in atlas.columns}
    name = build or next(iter(known))
    if name not in known:
        raise ConfigError(f"there is no build {name!r} in {context.work}", nearest(name, known))
    column, overview = known[name], atlas.overview
    address = f"{home.rstrip('/')}/" if home else ""
    render_site(atlas, generated, folder)
    write_api(atlas, generated, folder / "api")
    for file, text in (
        ("badge.svg", badge(overview)),
        ("feed.xml", feed(overview, generated, address)),
        ("grid.csv", overview_csv(overview)),
        ("junit.xml", junit(column)),
        ("results.sarif", sarif(column)),
        ("summary.md", summary(column, overview)),
    ):
        write_text(folder / file, text)
    return column


def _with_others(context: Context, atlas: Atlas, folder: Path) -> Atlas:
    """Draw the pages of all other targets, and say where each page finds the rest."""
    names = [one.overview.target for one in atlas.others]
    pages = {name: target_page(name) for name in names}
    # Addresses are spelled twice: the folder's name has per cent signs of its own.
    found = {name: quote(page) for name, page in pages.items()}
    back = {name: f"../../{page}" for name, page in found.items()}
    back[atlas.overview.target] = f"../../{INDEX}"
    for name, page in pages.items():
        other = gather(at_home(context, name))
        render_site(linked(other, back), context.clock.now(), (folder / page).parent)
    return linked(atlas, found)
