"""Sections of the page in a real browser."""

import pytest

from qualify.rendering.evidence import NUMBERS
from tests.factories import FINDINGS, grid

pytestmark = pytest.mark.browser
CELL = "#cell=quality/breast_cancer@py311-cpu-locked&build=B0003"
TITLE = "quality/breast_cancer@py311-cpu-locked"


def test_a_click_opens_the_section_with_its_plots(screen):
    """A click on a square opens its section, and its figures are drawn."""
    screen.square("regressed").click()
    assert screen.title() == TITLE
    screen.tab.wait_for_selector("#section .plot .point")
    assert screen.tab.url.endswith("cell=quality/breast_cancer@py311-cpu-locked&build=B0003")


@pytest.mark.parametrize(("format_", "begins"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_a_plot_is_saved_as_a_picture(screen, format_, begins):
    """Both buttons under a plot save it, under the cell's name, without asking the network."""
    screen.open(CELL)
    screen.tab.wait_for_selector("#section .plot svg")
    with screen.tab.expect_download() as saved:
        screen.tab.locator("#section .export button", has_text=format_).first.click()
    assert saved.value.suggested_filename.endswith(f".{format_.lower()}")
    assert saved.value.path().read_bytes().startswith(begins)


def test_plotly_runs_only_when_a_plot_opens(screen):
    """The plotting library is not evaluated before the first plot."""
    assert screen.tab.evaluate("window.Plotly === undefined")
    screen.open(CELL)
    screen.until("window.Plotly !== undefined")


def test_the_table_shows_the_stored_evidence(screen):
    """What the browser shows of a metric is, to the letter, the formatting of the stored values."""
    screen.open(CELL)
    metric = grid().columns[0].squares[TITLE].verdict.metrics[0]
    lines = screen.tab.locator("#section table.side tr").all_inner_texts()
    shown = dict(line.split("\t") for line in lines)
    told = {name: text for name, text in shown.items() if name in NUMBERS}
    assert told == {name: NUMBERS[name](metric) for name in told}
    assert {"loss (> 0: worse)", "95 % interval"} <= told.keys()


def test_a_build_shows_its_findings(screen):
    """The section of a build says what its cells show together, and what that means."""
    screen.open("#build=B0003")
    finding = screen.tab.locator("#section table.prose tr", has_text=FINDINGS[0].title)
    assert "✕ holds the release" in finding.inner_text()


def test_a_permalink_opens_the_same_section(screen):
    """The address of a section opens it, and its square is marked in the grid."""
    screen.open(CELL)
    assert screen.title() == TITLE
    marked = screen.tab.locator("[role=gridcell][aria-current]")
    assert marked.get_attribute("aria-label") == "regressed"


@pytest.mark.parametrize(
    "place",
    [
        "#cell=constructor&build=B0003",
        "#build=__proto__",
        "#row=toString",
        "#view=constructor",
        "#nonsense",
    ],
)
def test_an_unknown_permalink_shows_the_grid(screen, place):
    """An address of something that is not there leaves the section closed."""
    screen.open(place)
    assert screen.tab.locator("#section").is_hidden()


def test_links_inside_a_section_keep_the_view(screen):
    """From a cell to its build and back, what was found stays found."""
    screen.open("#q=suite:quality")
    screen.square("regressed").click()
    screen.tab.click('#section a[href*="build=B0003"]:not([href*="cell"]) >> nth=0')
    screen.tab.wait_for_selector("#section h2:has-text('B0003 · 2.3.5')")
    assert screen.tab.input_value("#find") == "suite:quality"
    screen.tab.go_back()
    screen.tab.wait_for_selector(f"#section h2:has-text('{TITLE}')")


def test_hover_shows_the_evidence(screen):
    """The mouse over a square shows its reason without a click."""
    screen.square("failed").hover()
    assert "unpickle" in screen.told("unpickle")


def test_the_command_is_copied(screen):
    """The copy button puts the reproduction command on the clipboard."""
    screen.open(CELL)
    screen.tab.click("#section .command button")
    assert screen.copied() == f"qualify reproduce --build B0003 '{TITLE}'"


def test_a_phone_shows_a_section_alone(screen):
    """At 360 pixels a section takes the screen, and its cross leads back to the grid."""
    screen.tab.set_viewport_size({"width": 360, "height": 740})
    screen.open(CELL)
    assert screen.tab.locator("#section").bounding_box()["width"] == 360
    screen.tab.click("#section .close")
    screen.closed()
    assert screen.tab.locator("#scroller").is_visible()
