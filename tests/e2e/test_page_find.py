"""Finding in the page: the selector language, the visible controls, and views as links."""

import pytest

from qualify.core.matrix import matches
from tests.e2e.conftest import atlas_of
from tests.factories import CELLS, grid

pytestmark = pytest.mark.browser
IDS = [cell.id for cell in CELLS]


def found(screen):
    """The names of the rows in sight, without groups."""
    return screen.tab.locator(".line.row:not([hidden]) .name").all_inner_texts()


@pytest.mark.parametrize(
    "patterns",
    [
        ("*breast*",),
        ("quality/*", "build/*"),
        ("!*py311*",),
        ("quality/*", "!*credit*"),
        ("*_[abcde]*",),
        ("*/[!bq]*",),
        ("smoke/fit_predict@py311-cpu-locke?",),
        ("*.*",),
        ("(*",),
    ],
)
def test_globs_select_what_the_command_line_selects(screen, patterns):
    """The words of the search box choose exactly the rows that `--select` chooses."""
    screen.find(" ".join(patterns))
    names = [cell.name for cell in CELLS if matches(cell.id, patterns)]
    assert found(screen) == names


def test_a_bare_word_is_found_anywhere(screen):
    """A word without a glob's characters fits names that hold it, in any case."""
    screen.find("Cancer")
    assert found(screen) == ["breast_cancer"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("status:regressed,inconclusive", ["breast_cancer", "credit_g"]),
        ("status:not-scheduled", ["nan_in_features", "fit_seconds_small"]),
        ("now:green suite:quality", ["diabetes_wide_with_a_rather_long_name"]),
        ("status:red build:B0001", []),
        ("!suite:quality owner:@smoke-team", ["fit_predict"]),
        ('owner:"@build-team" !lane:*cpu*', ["wheel"]),
        ("metric:log_loss status:improved", ["diabetes_wide_with_a_rather_long_name"]),
        ("target:flaml status:infra date:2025-03-03..", ["install"]),
        ("status:infra date:..2025-03-03", []),
    ],
)
def test_fields_narrow_the_rows(screen, words, names):
    """Values of a field are alternatives, fields together narrow; statuses are of shown builds."""
    screen.find(words)
    assert found(screen) == names


@pytest.mark.parametrize(
    ("words", "builds"),
    [
        ("build:B0002", ["B0002"]),
        ("build:2.3.3", ["B0001"]),
        ("!build:B0002", ["B0003", "B0001"]),
        ("date:2025-03-04", ["B0003", "B0002"]),
        ("date:..2025-03-03", ["B0001"]),
        ("date:2025-01..2025-03", ["B0003", "B0002", "B0001"]),
    ],
)
def test_builds_are_found(screen, words, builds):
    """Builds are kept by name, version, commit and day."""
    screen.find(words)
    assert [one.split()[0] for one in screen.builds()] == builds


def test_nothing_found_says_so(screen):
    """A search that fits nothing leaves an empty grid and a sentence."""
    screen.find("no_such_row")
    assert screen.tab.locator("#none").is_visible()
    assert screen.tab.locator("#shown").inner_text() == "0 of 9 rows · 3 builds"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("status:flakey", "No status is flakey; there is passed, improved, regressed"),
        ("target:flmal", "No target is flmal; there is flaml."),
        ("lane:gpu", "No lane is gpu; there is py311-cpu-locked"),
        ("sute:quality", "There is no field sute, but target, suite, owner"),
    ],
)
def test_what_fits_nothing_is_named_with_what_would(screen, words, hint):
    """A value or a field that does not exist is told apart from one that finds nothing here."""
    screen.find(words)
    assert hint in screen.tab.locator("#none").inner_text()


def test_controls_write_the_search(screen):
    """A ticked status becomes words of the search box, and unticked leaves it again."""
    screen.tab.click('.menu[data-field="status"] summary')
    screen.tab.check('.menu[data-field="status"] input[value="regressed"]')
    screen.tab.check('.menu[data-field="status"] input[value="not-scheduled"]')
    assert screen.tab.input_value("#find") == "status:regressed,not-scheduled"
    assert found(screen) == ["breast_cancer", "nan_in_features", "fit_seconds_small"]
    screen.tab.uncheck('.menu[data-field="status"] input[value="regressed"]')
    assert screen.tab.input_value("#find") == "status:not-scheduled"


def test_dates_write_the_search(screen):
    """The two dates become a range of days."""
    screen.tab.click('.menu[data-field="date"] summary')
    screen.tab.fill("input[name=from]", "2025-03-03")
    assert screen.tab.input_value("#find") == "date:2025-03-03.."
    assert len(screen.builds()) == 2


def test_every_view_is_a_link(screen):
    """The address of a view opens it again: found, sorted, folded, hidden, reviewed, selected."""
    place = (
        "#q=suite:quality&sort=worst&hide=green&rows=alike&review=B0002"
        "&at=quality/credit_g@py311-cpu-locked&on=B0002"
    )
    screen.open(place)
    assert screen.tab.input_value("#find") == "suite:quality"
    assert screen.tab.input_value("#sort") == "worst"
    assert screen.tab.get_attribute("#hide", "aria-pressed") == "true"
    assert screen.tab.is_checked("#alike-rows")
    assert "B0002" in screen.tab.locator("#verdict").inner_text()
    assert screen.tab.locator('.cell[tabindex="0"]').get_attribute("aria-colindex") == "3"


def test_back_returns_to_the_view_before(screen):
    """The browser's back undoes a section, then a sort, then a whole search at once."""
    screen.tab.locator("#find").press_sequentially("quality")
    screen.tab.select_option("#sort", "worst")
    screen.square("regressed").click()
    assert screen.title()
    screen.tab.go_back()
    screen.closed()
    assert screen.tab.input_value("#sort") == "worst"
    screen.tab.go_back()
    assert screen.tab.input_value("#sort") == ""
    assert screen.tab.input_value("#find") == "quality"
    screen.tab.go_back()
    assert screen.tab.input_value("#find") == ""


def test_hostile_words_are_words(screen_of):
    """Whatever is typed or stands in an address is looked for, and nothing else."""
    screen = screen_of(
        atlas_of(grid()), "#q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&sort=__proto__"
    )
    assert screen.tab.locator("#none").is_visible()
    for words in ("[", "![", "a:b:c", '"', "status:", "!", "[!]", "date:..", "constructor:x"):
        screen.find(words)
    assert screen.tab.locator("#shown").is_visible()
