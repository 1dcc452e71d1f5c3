from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from qualify.building.sources import SourceFetcher
from qualify.core.errors import CandidateError, IndexUnreachableError


@pytest.fixture
def fetcher(tmp_path: Path) -> SourceFetcher:
    return SourceFetcher(tmp_path / "cache")


def sdist_of(tree: Path, suffix: str = ".tar.gz") -> Path:
    path = tree.parent / f"{tree.name}{suffix}"
    with tarfile.open(path, "w:gz") as out:
        out.add(tree, tree.name)
    return path


def test_archives_are_named_by_their_digest(fetcher, tree, wheel_file):
    """An sdist and a wheel are copied and identified by the sha256 of the file."""
    for path, kind in ((sdist_of(tree()), "sdist"), (wheel_file(), "wheel")):
        source = fetcher.fetch(str(path))
        assert source.kind == kind
        assert source.identity == hashlib.sha256(path.read_bytes()).hexdigest()
        assert Path(source.location).read_bytes() == path.read_bytes()
        assert Path(source.location) != path


def test_an_index_gives_the_sdist_although_there_is_a_wheel(fetcher, index, tree, wheel_file):
    """The sdist is what is built and tested; relative addresses on the index are followed."""
    index("toy", sdist_of(tree()), wheel_file())
    source = fetcher.fetch("toy==1.0")
    assert Path(source.location).name == "toy-1.0.tar.gz"
    assert source.note == ""


def test_an_index_without_sdist_gives_the_wheel_and_says_so(fetcher, index, wheel_file):
    """Without an sdist the pure wheel is taken, and the note tells it."""
    index("toy", wheel_file(tag="py3-none-win_amd64"), wheel_file())
    source = fetcher.fetch("toy[gpu]==1")
    assert Path(source.location).name == "toy-1.0-py3-none-any.whl"
    assert "no sdist" in source.note


def test_only_wheels_of_other_machines_are_no_candidate(fetcher, index, wheel_file):
    """A version that has nothing for this machine is refused with the files that there are."""
    index("toy", wheel_file(tag="py3-none-win_amd64"))
    with pytest.raises(CandidateError, match="win_amd64"):
        fetcher.fetch("toy==1.0")


def test_a_second_fetch_needs_no_index(fetcher, index, wheel_file):
    """A version that was fetched before comes from the cache when the index has gone."""
    top = index("toy", wheel_file())
    first = fetcher.fetch("toy==1.0")
    (top / "toy" / "index.html").unlink()
    assert fetcher.fetch("toy==1.0") == first


def test_an_unknown_version_is_answered_with_the_nearest(fetcher, index, wheel_file):
    """The error names the spec, and the remedy the versions around it."""
    index("toy", *(wheel_file(version=v) for v in ("1.0", "1.1", "2.0")))
    with pytest.raises(CandidateError, match=r"toy==1\.2") as caught:
        fetcher.fetch("toy==1.2")
    assert "toy==1.1" in caught.value.remedy
    assert "newest is 2.0" in caught.value.remedy


def test_an_unknown_project_is_named(fetcher, index):
    """A project that the index does not know is told from a version that it does not have."""
    with pytest.raises(CandidateError, match="no project 'toyy'"):
        fetcher.fetch("toyy==1.0")


def test_an_index_that_does_not_answer_is_no_fault_of_the_candidate(fetcher, monkeypatch):
    """A closed port is an infrastructure error without the credentials of the address."""
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://me:secret@127.0.0.1:9/simple")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(IndexUnreachableError) as caught:
        fetcher.fetch("toy==1.0")
    assert "secret" not in caught.value.message


def test_a_file_that_is_not_the_promised_one_is_refused(fetcher, index, wheel_file, tmp_path):
    """A digest that differs from the index's is an error, and nothing is kept."""
    index("toy", wheel_file(), sha256="0" * 64)
    with pytest.raises(CandidateError, match="promised"):
        fetcher.fetch("toy==1.0")
    assert not list((tmp_path / "cache" / "archives").rglob("*.whl"))


def test_a_tree_is_named_by_its_content(fetcher, tree):
    """Made files do not count, an edited file does."""
    top = tree()
    first = fetcher.fetch(str(top))
    (top / "dist").mkdir()
    (top / "dist" / "old.whl").write_text("")
    (top / "toy.egg-info").mkdir()
    (top / "toy.egg-info" / "SOURCES.txt").write_text("")
    assert fetcher.fetch(str(top)).identity == first.identity
    (top / "toy" / "__init__.py").write_text("changed = True\n")
    second = fetcher.fetch(str(top))
    assert second.identity != first.identity
    assert second.commit is None


def test_a_tree_is_a_snapshot(fetcher, tree):
    """What is edited after the fetch is not built."""
    top = tree()
    source = fetcher.fetch(str(top))
    before = (top / "toy" / "__init__.py").read_text()
    (top / "toy" / "__init__.py").write_text("late = True\n")
    assert Path(source.location, "toy", "__init__.py").read_text() == before


def test_a_tree_under_git_has_its_commit(fetcher, git_repository, git):
    """Ignored files do not count; uncommitted ones do, and the commit says that it is dirty."""
    (git_repository / ".git" / "info" / "exclude").write_text("*.log\n")
    first = fetcher.fetch(str(git_repository))
    (git_repository / "some.log").write_text("x")
    assert fetcher.fetch(str(git_repository)) == first
    assert first.commit == git(git_repository, "rev-parse", "HEAD")
    (git_repository / "toy" / "new.py").write_text("")
    dirty = fetcher.fetch(str(git_repository))
    assert dirty.commit == f"{first.commit}+dirty"
    assert dirty.identity != first.identity


def test_a_tag_makes_another_build(fetcher, git_repository, git):
    """Versions may be made of tags, so a new tag on the same files is another identity."""
    first = fetcher.fetch(str(git_repository))
    git(git_repository, "tag", "-am", "two", "v2")
    assert fetcher.fetch(str(git_repository)).identity != first.identity


def test_a_folder_of_a_repository_is_a_tree(fetcher, git_repository):
    """A package below the top of its repository sees its neighbours when it is built."""
    sub = git_repository / "toy"
    source = fetcher.fetch(str(sub))
    assert Path(source.location).name == "toy"
    assert (Path(source.location).parent / "backend.py").exists()


@pytest.mark.parametrize("ref", ["v1", "next", "commit", ""])
def test_a_git_reference_is_resolved_to_its_commit(fetcher, git_repository, git, ref):
    """A tag, a branch, a commit and no reference at all are resolved by git."""
    commit = git(git_repository, "rev-parse", {"commit": "next", "": "main"}.get(ref, ref))
    asked = {"commit": f"@{commit}", "": ""}.get(ref, f"@{ref}")
    source = fetcher.fetch(f"git+{git_repository.as_uri()}{asked}")
    assert source.kind == "git"
    assert source.identity == source.commit == commit
    assert (Path(source.location) / "pyproject.toml").exists()


def test_a_branch_that_moved_is_fetched_again(fetcher, git_repository, git):
    """A branch means what it means today; a commit that is known needs no repository."""
    spec = f"git+{git_repository.as_uri()}@main"
    first = fetcher.fetch(spec)
    git(git_repository, "commit", "-q", "--allow-empty", "-m", "three")
    assert fetcher.fetch(spec).identity != first.identity
    git_repository.rename(git_repository.with_name("gone"))
    again = fetcher.fetch(f"git+{git_repository.as_uri()}@{first.identity}")
    assert again.identity == first.identity
    with pytest.raises(CandidateError, match="cannot be fetched"):
        fetcher.fetch(spec)


def test_an_unknown_reference_is_answered_with_the_nearest(fetcher, git_repository):
    """A misspelt branch is answered with the branch that is there."""
    with pytest.raises(CandidateError, match="'nxt'") as caught:
        fetcher.fetch(f"git+{git_repository.as_uri()}@nxt")
    assert "next" in caught.value.remedy


def test_a_subdirectory_of_a_repository_is_another_candidate(fetcher, git_repository):
    """Two packages of one commit do not share an identity; a folder must exist."""
    spec = f"git+{git_repository.as_uri()}@v1"
    whole, part = fetcher.fetch(spec), fetcher.fetch(f"{spec}#subdirectory=toy")
    assert whole.commit == part.commit
    assert whole.identity != part.identity
    assert Path(part.location).name == "toy"
    with pytest.raises(CandidateError, match="no folder"):
        fetcher.fetch(f"{spec}#subdirectory=none")


def test_progress_is_reported(tmp_path, index: Callable[..., Path], wheel_file):
    """A download is told, a cache hit is not."""
    index("toy", wheel_file())
    told: list[str] = []
    fetcher = SourceFetcher(tmp_path / "cache", told.append)
    fetcher.fetch("toy==1.0")
    fetcher.fetch("toy==1.0")
    assert told == ["downloading toy-1.0-py3-none-any.whl"]
