from __future__ import annotations

import json

import pytest
from packaging.version import Version

from qualify.building.pages import JSON_TYPE, parse_page

BASE = "https://host/simple/toy/"


def test_both_forms_of_a_page_say_the_same():
    """JSON and HTML give the same files; relative addresses become absolute."""
    html = '<a href="../../f/toy-1.0.tar.gz#sha256=ab" data-yanked="bad">toy-1.0.tar.gz</a>'
    file = {
        "filename": "toy-1.0.tar.gz",
        "url": "../../f/toy-1.0.tar.gz",
        "hashes": {"sha256": "ab"},
        "yanked": "bad",
    }
    (one,) = parse_page(html, "text/html", BASE)
    assert parse_page(json.dumps({"files": [file]}), JSON_TYPE, BASE) == (one,)
    assert one.url == "https://host/f/toy-1.0.tar.gz"
    assert (one.version, one.sha256, one.sdist, one.yanked) == (Version("1.0"), "ab", True, True)


def test_what_is_no_package_is_left_out():
    """Eggs, installers, odd names and names with folders are no candidates."""
    names = ("toy-1.0-py2.egg", "toy-1.0.exe", "toy.tar.gz", "toy-x-y.whl", "..%2Ftoy-1.0.zip")
    html = "".join(f'<a href="{name}">x</a>' for name in (*names, "toy-1.0-py3-none-any.whl"))
    assert [f.name for f in parse_page(html, "text/html", BASE)] == ["toy-1.0-py3-none-any.whl"]


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"files": [1]}'])
def test_a_broken_page_is_a_value_error(text):
    """What is not a project page is not taken for an empty one."""
    with pytest.raises(ValueError, match=r"."):
        parse_page(text, JSON_TYPE, BASE)
