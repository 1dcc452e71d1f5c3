"""Bisections of tinyml, real from the source to the trainings."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.tinyml import FLOWERS, Project

WORSE = "p = [0.5 * v + 0.5 / len(p) for v in p]"


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, whatever the machine's settings."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = [shutil.which("git") or "git", *who, *arguments]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def history(project: Project, commits: int, first_bad: int) -> list[str]:
    """Commit versions of tinyml; one of them, and all after it, predict worse."""
    found: list[str] = []
    for number in range(commits):
        bad = number >= first_bad
        project.package("history", f"1.{number}", on_predict=WORSE if bad else "pass")
        top = project.root / "trees" / "history"
        if not found:
            git(top, "init", "-q", "-b", "main")
        git(top, "add", ".")
        git(top, "commit", "-q", "-m", f"change {number}")
        found.append(git(top, "rev-parse", "HEAD"))
    return found


def wheel(folder: Path, version: str) -> Path:
    """A wheel of a dependency that tells its version."""
    info = f"tinydep-{version}.dist-info"
    files = {
        "tinydep.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tinydep\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    path = folder / f"tinydep-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index with two versions of the dependency, and nothing else."""
    page = tmp_path / "index" / "tinydep"
    page.mkdir(parents=True)
    made = [wheel(page, version) for version in ("1.0", "2.0")]
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}
    rows = (f'<a href="{name}#sha256={digest}">{name}</a>' for name, digest in sums.items())
    (page / "index.html").write_text("\n".join(rows))
    for name in ("UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_INDEX_URL", page.parent.as_uri())
    monkeypatch.setenv("UV_DEFAULT_INDEX", page.parent.as_uri())
    return page.parent


def test_a_commit_is_found(project: Project):
    """A commit that made predictions worse is named with its subject; repeated, nothing trains."""
    commits = history(project, 8, first_bad=5)
    url = f"git+{(project.root / 'trees' / 'history').as_uri()}"
    ends = ("--good", f"{url}@{commits[0]}", "--bad", f"{url}@main")
    ran = project.run("bisect", FLOWERS, *ends, "--json")
    assert ran.code == 0, ran.err
    found = ran.answer
    assert (found["kind"], found["by"]) == ("commit", "log_loss")
    assert found["culprits"] == [commits[5][:12]]
    assert "“change 5” is the first bad commit" in found["answer"]
    assert found["probability"] >= 0.95
    assert found["trainings"]["good"] == 20
    assert sum(row["probability"] for row in found["suspects"]) <= 1.0
    before = len(list((project.root / ".qualify" / "bisections").rglob("log.txt")))
    again = project.run("bisect", FLOWERS, *ends, "--json")
    assert again.answer["culprits"] == found["culprits"]
    assert again.answer["builds"] == 0
    assert len(list((project.root / ".qualify" / "bisections").rglob("log.txt"))) == before


def test_the_commit_that_mended_it_is_found(project: Project):
    """With the good end newer than the bad one, the commit that made the difference is named."""
    commits = history(project, 6, first_bad=3)[:4]
    top = project.root / "trees" / "history"
    git(top, "revert", "-n", f"{commits[3]}..main")
    project.package("history", "2.0")
    git(top, "commit", "-q", "-am", "mend it")
    url = f"git+{top.as_uri()}"
    ran = project.run(
        "bisect", FLOWERS, "--good", f"{url}@main", "--bad", f"{url}@{commits[3]}", "--json"
    )
    assert ran.code == 0, ran.err
    assert "mended it “mend it”" in ran.answer["answer"]


def test_a_build_that_crashes_is_found_by_its_failures(project: Project):
    """Where the bad end fails to train, a failure is the answer: few trainings, and its message."""
    for number in range(8):
        crash = "raise RuntimeError('no centroid')" if number >= 3 else "pass"
        project.package(f"b{number}", f"1.{number}", on_fit=crash)
    specs = [f"trees/b{number}" for number in range(8)]
    ran = project.run(
        "bisect", FLOWERS, "--good", specs[0], "--bad", specs[-1], "--builds", ",".join(specs)
    )
    assert ran.code == 0, ran.err
    assert "trees/b3 is the first bad build, and trees/b2 is good" in ran.out
    assert "RuntimeError: no centroid" in ran.out
    assert "3 replicates of the good end were trained" in ran.out


def test_a_build_that_does_not_build_needs_no_training(project: Project):
    """Where the bad end does not build, suspects are only built."""
    for number in range(5):
        step = "raise RuntimeError('no compiler')" if number >= 2 else "pass"
        project.package(f"b{number}", f"1.{number}", on_build=step)
    specs = [f"trees/b{number}" for number in range(5)]
    ran = project.run(
        *("bisect", FLOWERS, "--good", specs[0], "--bad", specs[-1]),
        *("--builds", ",".join(specs), "--json"),
    )
    assert ran.code == 0, ran.err
    assert ran.answer["culprits"] == ["trees/b2"]
    assert ran.answer["trainings"] == {"good": 0, "stored": False, "probes": 0}


def test_equal_ends_accuse_nobody(project: Project):
    """Two builds that predict alike: no suspect is bad, and the exit code is not a finding's."""
    project.package("other", "1.2")
    ran = project.run(
        *("bisect", FLOWERS, "--good", "trees/reference", "--bad", "trees/other"),
        *("--builds", "trees/same", "--json", "--max-trainings", "30"),
    )
    assert ran.code == 3, ran.err
    assert ran.answer["culprits"] == []
    assert "no suspect is bad" in ran.answer["answer"]


@pytest.mark.usefixtures("index")
def test_a_dependency_is_found(project: Project, tmp_path: Path):
    """The version of a dependency that breaks a build is named with what it was before."""
    adapter = (project.root / "tinyml_adapter.py").read_text()
    project.write(
        "tinyml_adapter.py", adapter.replace("REQUIREMENTS = ()", 'REQUIREMENTS = ("tinydep",)')
    )
    project.package(
        "needy", "1.3", on_import="import tinydep", on_fit="assert tinydep.VERSION == '1.0'"
    )
    old = tmp_path / "old.txt"
    old.write_text("# what it was tested with\ntinydep==1.0\n")
    ran = project.run(
        *("bisect", FLOWERS, "--dependencies", "--candidate", "trees/needy"),
        *("--good", str(old), "--bad", "free", "--json"),
    )
    assert ran.code == 0, ran.err
    assert ran.answer["kind"] == "dependency"
    assert ran.answer["culprits"] == ["tinydep"]
    assert "tinydep 1.0 → 2.0 did it" in ran.answer["answer"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("quality/flower@py311-cpu-locked",), "did you mean"),
        (("quality/flowers",), "is not a lane"),
        ((FLOWERS, "--good", "trees/same", "--bad", "trees/same"), "is not known"),
        ((FLOWERS, "--candidate", "trees/same"), "goes with --dependencies"),
        ((FLOWERS, "--dependencies", "--good", "nowhere.txt"), "names no environment"),
    ],
)
def test_mistakes_are_told(project: Project, arguments: tuple[str, ...], said: str):
    """A cell, an end or an option that cannot be meant ends 2 and says what is wrong."""
    ran = project.run("bisect", *arguments)
    assert ran.code == 2, ran.out
    assert said in ran.err


def test_the_answer_is_one_json_document(project: Project):
    """Progress goes to the error stream, so the output can be piped."""
    project.package("broken", on_build="raise RuntimeError('no compiler')")
    ran = project.run(
        *("bisect", FLOWERS, "--good", "trees/reference", "--bad", "trees/broken"),
        *("--builds", "trees/same", "--json"),
    )
    assert json.loads(ran.out)["sure"] is True
    assert "builds and installs" in ran.err
