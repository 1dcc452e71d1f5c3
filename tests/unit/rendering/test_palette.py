from itertools import product

import pytest

from qualify.core.verdict import Status
from qualify.rendering.palette import DARK, LIGHT, MEANING, slug, stylesheet

THEMES = pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
def test_every_status_has_its_own_look(shades):
    """No two statuses share fill, ink and edge, and every status has a look and a meaning."""
    assert set(shades) == set(MEANING) == set(Status)
    assert len({(s.fill, s.ink, s.edge, s.dashed) for s in shades.values()}) == len(Status)


@THEMES
def test_glyphs_are_legible(shades):
    """A glyph stands out from its fill by 4.5 to 1; the dot of an empty square by less."""
    for status, shade in shades.items():
        least = 3.5 if status is Status.NOT_SCHEDULED else 4.5
        assert contrast(shade.fill, shade.ink) >= least, status


@THEMES
def test_reds_and_greens_differ_in_greyscale(shades):
    """A red and a green square differ in lightness alone by 3 to 1."""
    reds = [s for s in Status if s.red]
    greens = [s for s in Status if s.green]
    for red, green in product(reds, greens):
        assert contrast(shades[red].fill, shades[green].fill) >= 3, (red, green)


def test_the_stylesheet_knows_every_status_in_both_themes():
    """Each status has one rule for light and one for dark pages."""
    css = stylesheet()
    for status in Status:
        assert css.count(f".{slug(status)}{{") == 2
