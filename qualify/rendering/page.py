"""The grid as one self-contained HTML file that makes no network request.

Everything that was said by a candidate, a log or a file reaches the page either through Jinja's
autoescape, or packed, or as JSON that cannot close its element; a content security policy admits no
script but the two whose digests it names.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboards.style import TEMPLATE
from qualify.core.atlas import Atlas
from qualify.core.overview import CODES
from qualify.rendering import assets
from qualify.rendering.board import heads, words
from qualify.rendering.details import BUDGET, Chunk, chunks
from qualify.rendering.packing import dumped, packed, packed_json, quantised
from qualify.rendering.palette import MEANING, slug

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_TOLD = 30  # builds that a reader without scripts is told of


def render_page(atlas: Atlas, generated: str, *, budget: int = BUDGET) -> str:
    """Draw all builds, with about `budget` bytes of sections; `generated` is UTC, ISO 8601."""
    return shell(atlas, generated, details=chunks(atlas, budget), plotly=assets.plotly())


def shell(
    atlas: Atlas,
    generated: str,
    *,
    details: Sequence[Chunk] = (),
    plotly: str = "",
    beside: bool = False,
    live: bool = False,
) -> str:
    """Draw the page around the grid; what is `beside` it is fetched when it is asked for.

    A page that is `live` listens for its server's word that something has changed.
    """
    overview, script = atlas.overview, assets.script()
    values = quantised(overview)
    return assets.template("page.html.j2").render(
        target=overview.target,
        told=overview.builds[:_TOLD],
        several=bool(atlas.others),
        generated=generated,
        policy=assets.policy(script, assets.plotly(), connect=beside),
        css=Markup(assets.style()),  # noqa: S704 -- our own files
        script=Markup(script),  # noqa: S704
        plotly=Markup(plotly),  # noqa: S704
        beside=beside,
        live=live,
        legend=[(status, slug(status), MEANING[status]) for status in CODES],
        words=embed(words()),
        look=embed(TEMPLATE),
        heads=packed_json(heads(atlas, values)),
        statuses=packed(overview.statuses),
        values=packed(values.data),
        details=details,
    )


def embed(value: object) -> Markup:
    """Write JSON that is safe inside a script element, whatever strings it holds."""
    return Markup(dumped(value).translate(_ESCAPES))  # noqa: S704 -- has no <, > or & left
