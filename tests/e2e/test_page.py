"""The page in a real browser."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from qualify.rendering.evidence import NUMBERS
from qualify.rendering.page import render_page
from tests.factories import FINDINGS, grid

pytestmark = pytest.mark.browser

NAMES = ("chromium", "google-chrome", "chromium-browser")
BINARY = os.environ.get("QUALIFY_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CELL = "#cell=quality/breast_cancer%40py311-cpu-locked&build=B0003"
TITLE = "quality/breast_cancer@py311-cpu-locked"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "grid.html"
    path.write_text(render_page(grid(), "2025-03-04T12:00:00+00:00"), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser():
    if BINARY is None:
        pytest.skip("no chromium binary on the path; set QUALIFY_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BINARY, args=list(ARGS))
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser):
    """A fresh tab that afterwards must have asked the network for nothing and logged no error."""
    context = browser.new_context(viewport={"width": 1280, "height": 760})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(60_000)
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []
    assert errors == []


def title(tab):
    return tab.locator("#section h2").inner_text()


def plots(tab):
    """The two figures of the open section, once both are drawn."""
    found = [tab.locator("#section .plot").nth(i) for i in (0, 1)]
    for plot in found:
        plot.locator(".point").first.wait_for()
    return found


def test_a_click_opens_the_section_with_its_plot(tab, address):
    """A click on a square opens its section: all replicates, and the evidence of each training."""
    tab.goto(address)
    tab.click(".sq.regressed >> nth=0")
    assert title(tab) == TITLE
    replicates, paths = plots(tab)
    assert replicates.locator(".point").count() == 50 + 8
    assert paths.locator(".point").count() == 8 + 8
    assert tab.url.endswith(CELL)


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (360, False)])
def test_the_evidence_stands_beside_the_replicates(tab, address, width, beside):
    """The two figures of a metric are side by side where there is room, else one below another."""
    tab.set_viewport_size({"width": width, "height": 740})
    tab.goto(address + CELL)
    left, right = (plot.bounding_box() for plot in plots(tab))
    assert (left["y"] == right["y"]) == beside
    assert (left["x"] == right["x"]) == (not beside)


def test_the_table_shows_the_stored_evidence(tab, address):
    """What the browser shows of a metric is, to the letter, the formatting of the stored values."""
    tab.goto(address + CELL)
    metric = grid().columns[0].squares[TITLE].verdict.metrics[0]
    lines = tab.locator("#section table.side tr").all_inner_texts()
    shown = dict(line.split("\t") for line in lines)
    assert {name: shown[name] for name in NUMBERS} == {n: f(metric) for n, f in NUMBERS.items()}


def test_a_build_shows_its_findings(tab, address):
    """The section of a build says what its cells show together, and what that means."""
    tab.goto(address + "#build=B0003")
    finding = tab.locator("#section table.prose tr", has_text=FINDINGS[0].title)
    assert "✕ holds the release" in finding.inner_text()
    assert finding.locator(".num").all_inner_texts() == ["0.000183", "0.0025"]


def test_a_permalink_opens_the_same_section(tab, address):
    """The address of a section opens it, and its square is marked in the grid."""
    tab.goto(address + CELL)
    tab.wait_for_selector("#section .plot svg .point")
    assert title(tab) == TITLE
    assert tab.locator(".sq[aria-current]").get_attribute("href") == CELL


def test_an_unknown_permalink_shows_the_grid(tab, address):
    """An address of something that is not there leaves the section closed."""
    for hash_ in ("#cell=constructor&build=B0003", "#build=__proto__", "#nonsense"):
        tab.goto(address + hash_)
        assert tab.locator("#section").is_hidden()


def test_back_closes_and_returns(tab, address):
    """The browser's back goes through the sections and then to the grid, at the same square."""
    tab.goto(address)
    tab.click(".sq.regressed >> nth=0")
    tab.click("#section dd a")
    assert title(tab) == "B0003 · 2.3.5"
    tab.go_back()
    assert title(tab) == TITLE
    tab.go_back()
    tab.locator("#section").wait_for(state="hidden")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == CELL


def test_the_keyboard_suffices(tab, address):
    """Tab enters the grid, arrows move, focus shows the evidence, Enter opens, Escape closes."""
    tab.goto(address)
    tab.locator('.grid a[tabindex="0"]').focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft"):
        tab.keyboard.press(key)
    assert "log_loss is worse" in tab.locator("#tip").inner_text()
    tab.keyboard.press("Enter")
    assert title(tab) == TITLE
    tab.keyboard.press("Escape")
    tab.locator("#section").wait_for(state="hidden")


def test_hover_shows_the_evidence(tab, address):
    """The mouse over a square shows its reason without a click."""
    tab.goto(address)
    tab.hover(".sq.failed >> nth=0")
    assert "does not unpickle" in tab.locator("#tip").inner_text()


def test_the_command_is_copied(tab, address):
    """The copy button puts the reproduction command on the clipboard."""
    tab.goto(address + CELL)
    tab.click("#section .command button")
    tab.wait_for_selector("text=copied")
    assert (
        tab.evaluate("navigator.clipboard.readText()")
        == f"qualify reproduce --build B0003 '{TITLE}'"
    )


@pytest.mark.parametrize("place", ["", CELL, "#build=B0003", "#build=B0002"])
def test_a_phone_scrolls_only_down(tab, address, place):
    """At 360 pixels nothing but the tables' own scrollers is wider than the screen."""
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(address + place)
    if place == CELL:
        plots(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_pages_are_dark(browser, address):
    """Where dark is preferred the ground is dark and the text light."""
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    page.context.close()
