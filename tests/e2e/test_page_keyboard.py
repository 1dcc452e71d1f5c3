"""The page by keyboard and for screen readers."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import atlas_of
from tests.factories import grid

pytestmark = pytest.mark.browser
WORST = "qualify reproduce --build B0003 'robustness/nan_in_features@py311-cpu-locked'"


def test_three_keys_copy_the_command_of_the_worst_cell(screen):
    """From opening the page: to the worst square, open it, copy how to reproduce it."""
    screen.press("w", "Enter")
    assert screen.title() == "robustness/nan_in_features@py311-cpu-locked"
    screen.press("c")
    assert screen.copied() == WORST


def test_the_command_is_copied_without_opening(screen):
    """A square that has the keyboard is enough."""
    screen.press("w", "c")
    assert screen.copied() == WORST


def test_n_and_p_walk_through_what_is_not_green(screen):
    """The next square that is not green: down the build under review, then the next older one."""
    seen = []
    for _ in range(5):
        screen.press("n")
        seen.append(screen.focused()[0])
    assert seen == ["regressed", "inconclusive", "failed", "timeout", "infra"]
    screen.press("p", "p")
    assert screen.focused()[0] == "failed"


def test_arrows_move(screen):
    """Arrows and letters move by a square, with Ctrl to the end, to heads and names as well."""
    screen.press("j")
    assert screen.focused()[1:] == [2, 2]
    screen.press("ArrowDown", "j", "ArrowRight", "k")
    assert screen.focused()[1:] == [3, 3]
    screen.press("Home")
    assert screen.focused()[1:] == [3, 1]
    screen.press("Control+End")
    assert screen.focused()[1:] == [16, 4]
    screen.press("Control+ArrowUp", "ArrowUp")
    assert screen.focused()[1:] == [1, 4]


def test_tab_enters_the_grid_once(screen):
    """Of all squares one is in the order of Tab."""
    assert screen.tab.locator('#stage [tabindex="0"]').count() == 1


def test_enter_opens_what_has_the_keyboard(screen):
    """Enter on a head opens the build, on a name the row, on a group folds it."""
    screen.press("j", "ArrowUp", "Enter")
    assert screen.title() == "B0003 · 2.3.5"
    screen.press("Escape")
    screen.closed()
    screen.press("ArrowDown", "Home", "Enter")
    assert "wheel" not in screen.names()
    screen.press("Enter", "ArrowDown", "Enter")
    assert screen.title() == "build/wheel"


def test_escape_returns_to_the_square(screen):
    """After closing a section the square that it was of has the keyboard."""
    screen.press("n", "Enter")
    assert screen.title()
    screen.press("Escape")
    screen.closed()
    assert screen.focused()[0] == "regressed"


def test_slash_searches_and_enter_goes_to_what_was_found(screen):
    """From the search box Enter leads to the first row that was found."""
    screen.press("/")
    screen.tab.keyboard.type("credit")
    screen.press("Enter")
    assert screen.focused()[0] == "inconclusive"


def test_question_mark_helps(screen):
    """A dialog lists the keys, and Escape closes it."""
    screen.press("?")
    dialog = screen.tab.locator("#help")
    assert dialog.is_visible()
    screen.press("Escape")
    assert dialog.is_hidden()


def test_focus_survives_scrolling(screen_of):
    """A square that was scrolled away has the keyboard again when it is back."""
    screen = screen_of(atlas_of(grid()))
    screen.tab.set_viewport_size({"width": 360, "height": 420})
    screen.press("w")
    before = screen.focused()
    screen.tab.evaluate("document.getElementById('scroller').scrollTo(0, 0)")
    screen.tab.wait_for_timeout(100)
    screen.press("ArrowDown", "ArrowUp")
    assert screen.focused() == before


def test_the_tip_follows_the_keyboard(screen):
    """What a mouse is told on hover the keyboard is told, too."""
    screen.press("n")
    assert "of log loss on breast_cancer" in screen.told("log loss")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "place",
    [
        "",
        "#fold=s:quality&rows=alike&builds=alike",
        "#cell=quality/breast_cancer@py311-cpu-locked&build=B0003",
        "#build=B0003",
        "#row=quality/breast_cancer@py311-cpu-locked",
        "#view=forest",
    ],
)
def test_axe_finds_nothing(screen, place, scheme):
    """No rule of axe-core is broken, in the grid and in every kind of section, light and dark."""
    screen.tab.emulate_media(color_scheme=scheme)
    screen.open(place)
    if place.startswith(("#cell", "#row")):
        screen.tab.wait_for_selector("#section .plot svg")
    found = Axe().run(screen.tab).response["violations"]
    told = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
    assert told == []


def test_axe_finds_nothing_in_menus_and_help(screen):
    """Open menus and the help are as accessible as the grid."""
    screen.tab.click('.menu[data-field="status"] summary')
    assert [one["id"] for one in Axe().run(screen.tab).response["violations"]] == []
    screen.press("Escape", "?")
    assert [one["id"] for one in Axe().run(screen.tab).response["violations"]] == []
