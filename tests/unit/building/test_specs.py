from __future__ import annotations

import pytest

from qualify.building.specs import Spec, parse
from qualify.core.errors import CandidateError


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("flaml==2.7.0", Spec("index", "flaml", version="2.7.0")),
        (" Auto_Gluon[B, a] == 1.0 ", Spec("index", "auto-gluon", ("a", "b"), "1.0")),
        ("git+https://h/o/r.git@v1", Spec("git", "https://h/o/r.git", ref="v1")),
        ("git+https://h/o/r", Spec("git", "https://h/o/r")),
        ("https://h/o/r.git@feature/x", Spec("git", "https://h/o/r.git", ref="feature/x")),
        ("git+ssh://git@h/o/r.git@main", Spec("git", "ssh://git@h/o/r.git", ref="main")),
        (
            "git+file:///r@abc#subdirectory=a/b",
            Spec("git", "file:///r", ref="abc", subdirectory="a/b"),
        ),
    ],
)
def test_each_form_is_told_apart(text, spec):
    """What a user writes has exactly one meaning."""
    assert parse(text) == spec


def test_paths_are_told_apart_by_what_is_there(tmp_path):
    """A folder is a tree, archives are told by their suffix, and extras may follow."""
    for name, kind in (("a.whl", "wheel"), ("a.tar.gz", "sdist"), ("a.zip", "sdist")):
        (tmp_path / name).touch()
        assert parse(str(tmp_path / name)).kind == kind
    assert parse(f"{tmp_path}[x]") == Spec("tree", str(tmp_path), ("x",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("flaml", "one version"),
        ("flaml>=2", "one version"),
        ("flaml==2.*", "one version"),
        ("./nowhere", "there is no"),
        ("nowhere-1.0.tar.gz", "there is no"),
        ("https://h/toy-1.0.tar.gz", "not a git repository"),
        ("git+https://h/r@--upload-pack=x", "not a git reference"),
        ("git+https://h/r@v1#subdirectory=../x", "leaves the repository"),
        ("a b c", "names no candidate"),
    ],
)
def test_what_names_no_candidate_is_refused(text, words):
    """Every error says what to write instead."""
    with pytest.raises(CandidateError, match=words) as caught:
        parse(text)
    assert caught.value.remedy


def test_a_file_of_another_kind_is_refused(tmp_path):
    """A file that is no archive of a package is not guessed at."""
    (tmp_path / "a.txt").touch()
    with pytest.raises(CandidateError, match="neither"):
        parse(str(tmp_path / "a.txt"))
