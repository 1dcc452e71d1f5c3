"""A badge that says how the newest build stands, for a README."""

from __future__ import annotations

from html import escape

from qualify.core.overview import Overview, Standing
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.text import one_line

# White on each of these has a contrast of 4.5 or more, on light pages and on dark ones.
_FILL: dict[Standing, str] = {
    "ship": "#1a7f37",
    "hold": "#b3261e",
    "inconclusive": "#8a5a00",
    "running": "#1560a8",
}
_LABEL = "#4a525c"
_NARROW, _WIDE = set("fijlrtI.,:;'!|()[] "), set("mwMWQ@%&")
_LONGEST = 40  # letters of either half


def badge(overview: Overview, label: str = "qualify") -> str:
    """Draw the decision on the newest build as SVG."""
    if not overview.builds:
        return _svg(label, "no build", _LABEL)
    newest = overview.builds[0]
    mark = "…" if newest.answer == "running" else ANSWER_GLYPH[newest.answer]
    return _svg(label, f"{mark} {newest.version} {newest.answer}", _FILL[newest.answer])


def _svg(label: str, message: str, fill: str) -> str:
    left, right = (one_line(words, _LONGEST) for words in (label, message))
    widths = [_width(words) + 12 for words in (left, right)]
    total = sum(widths)
    title = escape(f"{left}: {right}")
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" \
aria-label="{title}">
<title>{title}</title>
<clipPath id="r"><rect width="{total}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{widths[0]}" height="20" fill="{_LABEL}"/>\
<rect x="{widths[0]}" width="{widths[1]}" height="20" fill="{fill}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
{_words(left, widths[0] / 2, widths[0] - 12)}
{_words(right, widths[0] + widths[1] / 2, widths[1] - 12)}
</g>
</svg>
"""


def _words(words: str, at: float, length: int) -> str:
    """Text that takes the room that was measured for it, whatever font there is."""
    return f'<text x="{at:g}" y="14" textLength="{length}">{escape(words)}</text>'


def _width(words: str) -> int:
    """The width of Verdana at 11 pixels, about; characters of other scripts are wider."""
    widths = (
        4 if c in _NARROW else 10 if c in _WIDE else 11 if ord(c) > 0x2E7F else 7  # noqa: PLR2004
        for c in words
    )
    return sum(widths)
