"""The grid of the page in a real browser: what is drawn, folded, sorted and hidden."""

from array import array
from dataclasses import replace

import pytest

from qualify.core.atlas import Atlas
from qualify.core.overview import CODES, BuildHead, Overview, RowHead
from qualify.core.verdict import Status
from tests.e2e.conftest import atlas_of
from tests.factories import grid

pytestmark = pytest.mark.browser
ROWS = ("wheel", "install", "fit_predict", "breast_cancer", "credit_g")


def history(*lines, lanes=("py311-cpu-locked",), days=1):
    """An atlas of rows that are written as glyphs, the newest build first."""
    by_glyph = {status.glyph: CODES.index(status) for status in Status}
    codes = bytes(by_glyph[glyph] for line in lines for glyph in line)
    builds = tuple(
        BuildHead(
            f"B{n:04d}",
            f"1.{n}",
            f"2025-{1 + n // days // 28 % 12:02d}-{1 + n // days % 28:02d}T09:00:00+00:00",
            "ship",
            commit=f"{n:040x}",
            environment=f"e{n // 2}",
            seconds=60.0 * n,
        )
        for n in range(len(lines[0]), 0, -1)
    )
    rows = tuple(
        RowHead(
            f"quality/row{at // len(lanes)}@{lanes[at % len(lanes)]}",
            "quality",
            f"row{at // len(lanes)}",
            lanes[at % len(lanes)],
            owner=f"team {at % 2}",
            metric="log_loss",
        )
        for at in range(len(lines))
    )
    values = array("f", (float(at % 7) for at in range(len(codes))))
    seconds = array("f", (float(at // len(builds)) for at in range(len(codes))))
    overview = Overview(
        "acme", builds, rows, codes, values, values, array("L", list(codes)), seconds
    )
    return Atlas(overview)


def test_every_square_in_sight_has_a_place_and_a_name(screen):
    """The grid has rows, heads and squares with the roles, places and names that ARIA asks for."""
    stage = screen.tab.locator("#stage")
    assert (stage.get_attribute("aria-rowcount"), stage.get_attribute("aria-colcount")) == (
        "16",
        "4",
    )
    row = screen.tab.locator('.line:has-text("breast_cancer")')
    cells = row.locator("[role=gridcell]")
    assert [one.get_attribute("aria-label") for one in cells.all()] == [
        "regressed",
        "gated",
        "passed",
    ]
    assert [one.get_attribute("aria-colindex") for one in cells.all()] == ["2", "3", "4"]
    assert row.get_attribute("aria-rowindex") == "8"


def test_heads_tell_of_their_builds(screen_of):
    """A head names build, version, decision, date, commit, cost and a changed environment."""
    screen = screen_of(history("●●●"))
    newest, middle, _ = screen.builds()
    assert newest.startswith("B0003 1.3: ship, 2025-01-04, commit 0000000000, 3.0 min of CPU")
    assert "other dependencies" not in newest
    assert middle.endswith("other dependencies than the build before")


def test_builds_are_grouped_by_day(screen):
    """Above the heads stand the days, newest first, each over its builds."""
    assert screen.tab.locator(".days span").all_inner_texts() == ["4", "2"]


def test_a_suite_folds_into_the_worst_of_its_squares(screen):
    """A folded group is one line with the worst status for each build, and its rows are gone."""
    screen.tab.click('.suite .names:has-text("quality")')
    assert "breast_cancer" not in screen.names()
    line = screen.tab.locator('.suite:has-text("quality") [role=gridcell]')
    worst = ["regressed", "lost", "passed"]
    assert [one.get_attribute("aria-label") for one in line.all()] == worst
    assert "fold=s:quality" in screen.tab.url
    screen.tab.click('.suite .names:has-text("quality")')
    assert "breast_cancer" in screen.names()


def test_a_canary_on_several_lanes_is_a_group(screen_of):
    """Suite, canary, lane: the lanes of one training fold together."""
    screen = screen_of(history("●●", "▼●", lanes=("py310-cpu-locked", "py311-cpu-locked")))
    assert screen.names() == ["quality", "row0", "py310-cpu-locked", "py311-cpu-locked"]
    screen.tab.click(".canary .names")
    assert screen.names() == ["quality", "row0"]
    assert screen.square("regressed").count() == 1


def test_rows_that_are_alike_fold(screen_of):
    """Neighbours whose squares are all the same become one line, which opens again."""
    screen = screen_of(history("●●", "●●", "●▼", "●●"))
    screen.tab.click("#folds summary")
    screen.tab.check("#alike-rows")
    assert screen.names() == ["quality", "2 alike: row0 …", "row2", "row3"]
    screen.tab.click(".run .names")
    assert screen.names() == ["quality", "2 alike: row0 …", "row0", "row1", "row2", "row3"]


def test_builds_that_are_alike_fold(screen_of):
    """A build whose squares are its neighbour's joins it; the build under review stays."""
    screen = screen_of(history("●●●●▼", "●●●●●"), "#builds=alike")
    assert [one.split(":")[0] for one in screen.builds()] == [
        "B0005 1.5",
        "3 builds alike",
        "B0001 1.1",
    ]
    screen.tab.click(".build.gap")
    assert len(screen.builds()) == 5


def test_green_hides(screen_of):
    """Rows that are green in every shown build hide; a skipped one is not green."""
    screen = screen_of(history("●●", "●▼", "≈▲", "–●"))
    screen.press("g")
    assert screen.names() == ["quality", "row1", "row3"]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("worst", ["quality/row2", "quality/row3", "quality/row1", "quality/row0"]),
        ("flaky", ["quality/row1", "quality/row2", "quality/row0", "quality/row3"]),
        ("cost", ["quality/row3", "quality/row2", "quality/row1", "quality/row0"]),
        ("change", ["quality/row1", "quality/row2", "quality/row0", "quality/row3"]),
    ],
)
def test_rows_are_sorted(screen_of, order, names):
    """The worst, the flakiest, the costliest or the newest change comes first, without groups."""
    screen = screen_of(history("●●●●", "●▼●▼", "▼▼●●", "????"))
    screen.tab.select_option("#sort", order)
    assert screen.names() == names


def test_the_build_under_review_is_marked(screen):
    """The newest build is highlighted, or the one that was chosen."""
    left = "document.querySelector('.band').getBoundingClientRect().left"
    newest = screen.tab.evaluate(left)
    screen.tab.locator(".cell").nth(1).hover()
    screen.open("#review=B0002")
    assert screen.tab.evaluate(left) == newest + 20
    assert "B0002" in screen.tab.locator("#verdict").inner_text()


def test_only_what_is_in_sight_is_in_the_document(screen_of):
    """Of thousands of builds and rows the document holds a screenful, wherever it is scrolled."""
    screen = screen_of(history(*["●▼●≈" * 150] * 400, days=4))
    assert screen.tab.locator(".cell").count() < 3000
    screen.tab.evaluate("document.getElementById('scroller').scrollTo(6000, 4000)")
    screen.until("document.querySelector('.cell').ariaColIndex === '302'")
    places = "[...document.querySelectorAll('.line')].map((one) => Number(one.ariaRowIndex))"
    rows = screen.tab.evaluate(places)
    assert rows == list(range(rows[0], rows[0] + len(rows)))
    assert rows[0] > 190
    assert screen.tab.locator(".cell").first.get_attribute("aria-label") == "passed"


def test_sparklines_draw_the_metric(screen_of):
    """A row with a metric has a line of its values, the oldest to the left."""
    screen = screen_of(history("●●●●"))
    path = screen.tab.locator(".row .spark path")
    screen.until("document.querySelector('.row .spark path').getAttribute('d')")
    heights = [float(one.split()[1]) for one in path.get_attribute("d")[1:].split("L")]
    assert heights == sorted(heights)
    assert len(heights) == 4


def test_an_empty_history_is_a_page(screen_of):
    """Before the first build there is a page that says that it shows nothing."""
    screen = screen_of(Atlas(Overview("acme", (), (), b"")))
    assert screen.tab.locator("#none").is_visible()
    screen.press("n", "w", "c", "j")


def test_a_page_without_details_says_so(screen_of):
    """A square whose details did not fit says so, with the command that asks for them."""
    atlas = atlas_of(grid())
    screen = screen_of(replace(atlas, columns=()), budget=0)
    screen.square("regressed").click()
    assert screen.title() == "quality/breast_cancer@py311-cpu-locked"
    section = screen.tab.locator("#section").inner_text()
    assert "does not hold its details" in section
    assert "qualify explain quality/breast_cancer@py311-cpu-locked --build B0003" in section


def test_the_paper_says_what_it_leaves_out(screen_of):
    """In print there is a plain table of what is shown, and a word on what did not fit."""
    screen = screen_of(history(*["●▼" * 30] * 3))
    screen.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "4 of 4 lines and 40 of 60 builds" in screen.tab.locator("#paper").text_content()
    assert screen.tab.locator("#paper tbody .sq").count() == 3 * 40


def test_the_paper_explains_its_glyphs(screen):
    """What a colour and a glyph mean stands in print as well."""
    screen.open()
    screen.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    screen.tab.emulate_media(media="print")
    assert screen.tab.locator("#paper .legend").is_visible()
    assert "inconclusive" in screen.tab.locator("#paper .legend").inner_text()


def test_an_open_section_is_printed_before_the_grid(screen):
    """It follows the head of the page, on the same sheet; the grid begins another."""
    screen.open("#cell=quality/credit_g@py311-cpu-locked&build=B0003")
    screen.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    screen.tab.emulate_media(media="print")
    breaks = "(name) => getComputedStyle(document.getElementById(name)).breakBefore"
    assert [screen.tab.evaluate(breaks, one) for one in ("section", "paper")] == ["auto", "page"]


def test_names_of_folded_suites_are_whole(screen_of):
    """Where there is room, counts of statuses do not cut the name of their suite."""
    screen = screen_of(history("●", "▼", "≈", "?"))
    screen.open("#fold=s:quality")
    name = screen.tab.locator(".line:not([hidden]) .names .name").first
    assert name.inner_text() == "quality"
    assert name.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0


@pytest.mark.parametrize("place", ["", "#cell=quality/credit_g@py311-cpu-locked&build=B0003"])
def test_a_phone_scrolls_only_down(screen, place):
    """At 360 pixels nothing but the scrollers of grid and tables is wider than the screen."""
    screen.tab.set_viewport_size({"width": 360, "height": 740})
    screen.open(place)
    assert screen.tab.evaluate("document.documentElement.scrollWidth") <= 360
    section = screen.tab.locator("#section")
    assert section.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0


def test_dark_pages_are_dark(browser, address):
    """Where dark is preferred the ground is dark and the text light."""
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    page.context.close()
