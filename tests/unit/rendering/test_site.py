import html
import json

import pytest

from qualify.core.atlas import Atlas
from qualify.core.summing import summed
from qualify.rendering.site import build_file, render_site, site_file
from tests.factories import grid


def atlas():
    drawn = grid()
    return Atlas(summed(drawn), drawn.columns, {one.build.id: one.build for one in drawn.columns})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    assert render_site(atlas(), "2025-03-04T12:00:00+00:00", folder) == folder / "index.html"
    return folder


def test_sections_lie_beside_the_page(site):
    """The page is small, and each build, row and view has a file of its own."""
    names = {str(one.relative_to(site)) for one in site.rglob("*") if one.is_file()}
    rows = {f"rows/{at}.json" for at in range(9)}
    builds = {f"builds/B000{n}.json" for n in (1, 2, 3)}
    assert names == {"index.html", "plotly.txt", "views/forest.json", *rows, *builds}
    assert (site / "index.html").stat().st_size < 300_000


def test_a_builds_file_holds_all_its_sections(site):
    """Nothing limits how many sections there are."""
    found = json.loads((site / "builds" / "B0003.json").read_text())
    assert found["build"]["title"] == "B0003 · 2.3.5"
    assert set(found["cells"]) == set(grid().columns[0].squares)


def test_the_page_may_fetch_what_lies_beside_it(site):
    """The policy of a page with files admits its own origin, and still no script of others."""
    page = html.unescape((site / "index.html").read_text())
    assert "connect-src 'self'" in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "ü 1", "%2e", "a.b~c"])
def test_no_name_leaves_the_folder(name):
    """Whatever a build is called, its file is in the folder of builds."""
    file = build_file(name)
    assert file.startswith("builds/")
    assert file.endswith(".json")
    assert not set("/.\\") & set(file[len("builds/") : -len(".json")])


def test_a_file_can_be_made_when_it_is_asked_for(site):
    """A server makes single files, the same as those of the folder; others do not exist."""
    for name in ("builds/B0002.json", "rows/3.json", "views/forest.json"):
        assert site_file(atlas(), name) == json.loads((site / name).read_text())
    for name in ("builds/B0009.json", "rows/9.json", "rows/x.json", "index.html", ""):
        assert site_file(atlas(), name) is None
