"""A real browser, and a page of example builds that it opens from a file."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from qualify.core.atlas import Atlas
from qualify.core.summing import summed
from qualify.rendering.page import render_page
from tests.factories import grid

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


class Screen:
    """A page in a tab, in the words of the tests."""

    def __init__(self, tab, address):
        self.tab, self.address = tab, address

    def open(self, place=""):
        """Open the page at a place and wait until it can be used."""
        self.tab.goto("about:blank")
        self.tab.goto(self.address + place)
        self.tab.wait_for_selector("body.ready")
        return self

    def press(self, *keys):
        """Press one key after another."""
        for key in keys:
            self.tab.keyboard.press(key)

    def find(self, words):
        """Type into the search box."""
        self.tab.fill("#find", words)

    def names(self):
        """The names of the lines in sight, from top to bottom."""
        return self.tab.locator(".line:not([hidden]) .names .name").all_inner_texts()

    def builds(self):
        """What the heads of the builds in sight say, from left to right."""
        heads = self.tab.locator(".build:not([hidden])")
        return [one.get_attribute("aria-label") for one in heads.all()]

    def square(self, status, nth=0):
        """A square of a status."""
        return self.tab.locator(f'.cell[aria-label="{status}"]').nth(nth)

    def title(self):
        """The title of the open section."""
        self.tab.wait_for_selector("#section:not([hidden]) h2")
        return self.tab.locator("#section h2").inner_text()

    def closed(self):
        """Wait until no section is open."""
        self.tab.locator("#section").wait_for(state="hidden")

    def until(self, script):
        """Wait until an expression holds; the page's policy forbids it to wait by itself."""
        for _ in range(600):
            if self.tab.evaluate(script):
                return
            self.tab.wait_for_timeout(50)
        raise AssertionError(script)

    def told(self, words):
        """All that the tip says, once it says this."""
        self.until(f"document.getElementById('tip').textContent.includes({words!r})")
        return self.tab.locator("#tip").inner_text()

    def focused(self):
        """What has the keyboard: the accessible name, the row and the column."""
        return self.tab.evaluate(
            """() => { const one = document.activeElement, row = one.closest('[role="row"]');
            return [one.getAttribute("aria-label") || one.textContent,
              Number(row?.getAttribute("aria-rowindex")),
              Number(one.getAttribute("aria-colindex"))]; }"""
        )

    def copied(self):
        """What is on the clipboard."""
        self.tab.wait_for_selector(".toast, button:has-text('copied')")
        return self.tab.evaluate("navigator.clipboard.readText()")


def atlas_of(drawn):
    """What a page is drawn from, of a grid."""
    return Atlas(summed(drawn), drawn.columns, {one.build.id: one.build for one in drawn.columns})


@pytest.fixture(scope="session")
def draw(tmp_path_factory):
    """Write the page of an atlas, and say where it is."""

    def drawn(atlas, **given):
        path = tmp_path_factory.mktemp("page") / "grid.html"
        path.write_text(render_page(atlas, "2025-03-04T12:00:00+00:00", **given), encoding="utf-8")
        return path.as_uri()

    return drawn


@pytest.fixture(scope="session")
def address(draw):
    """The page of three builds that show every status."""
    return draw(atlas_of(grid()))


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window."""
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
    assert [url for url in asked if not url.startswith(("file://", "data:", "about:"))] == []
    assert errors == []


@pytest.fixture
def screen(tab, address):
    """The page of three builds, open."""
    return Screen(tab, address).open()


@pytest.fixture
def screen_of(tab, draw):
    """A page of any atlas, open."""
    return lambda atlas, place="", **given: Screen(tab, draw(atlas, **given)).open(place)
