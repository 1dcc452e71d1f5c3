"""Small packages made on the fly; their build backend is in the tree, so no network is needed."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

BACKEND = """
import base64, hashlib, io, pathlib, tarfile, zipfile

NAME, VERSION, REQUIRES = {name!r}, {version!r}, {requires!r}


def build_sdist(folder, config_settings=None):
    {sdist_step}
    top = f"{{NAME}}-{{VERSION}}"
    with tarfile.open(pathlib.Path(folder, top + ".tar.gz"), "w:gz") as out:
        for path in sorted(pathlib.Path(".").rglob("*.[pt]*")):
            if path.is_file() and path.name != "only_in_tree.py":
                out.add(path, f"{{top}}/{{path.as_posix()}}")
        out.addfile(tarfile.TarInfo(f"{{top}}/PKG-INFO"), io.BytesIO())
    return top + ".tar.gz"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    {wheel_step}
    info = f"{{NAME}}-{{VERSION}}.dist-info"
    meta = f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\n"
    meta += "".join(f"Requires-Dist: {{r}}\\n" for r in REQUIRES)
    files = {{p.as_posix(): p.read_bytes() for p in sorted(pathlib.Path(NAME).rglob("*.py"))}}
    files[f"{{info}}/METADATA"] = meta.encode()
    files[f"{{info}}/WHEEL"] = b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    rows = [f"{{info}}/RECORD,,"]
    for name, data in files.items():
        sha = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{{name}},sha256={{sha}},{{len(data)}}")
    files[f"{{info}}/RECORD"] = "\\n".join(rows).encode()
    wheel = f"{{NAME}}-{{VERSION}}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, wheel), "w") as out:
        for name, data in files.items():
            out.writestr(zipfile.ZipInfo(name), data)
    return wheel
"""

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

MakeTree = Callable[..., Path]
MakeWheel = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An index of its own, empty, for every test: nothing depends on what others publish."""
    empty = tmp_path / "empty-index"
    empty.mkdir()
    for name in ("UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", empty.as_uri())
    monkeypatch.setenv("UV_DEFAULT_INDEX", empty.as_uri())


@pytest.fixture
def tree(tmp_path: Path) -> MakeTree:
    """Make a source tree of a package with one module."""

    def make(
        name: str = "toy",
        version: str = "1.0",
        requires: tuple[str, ...] = (),
        sdist_step: str = "pass",
        wheel_step: str = "pass",
    ) -> Path:
        top = tmp_path / "trees" / f"{name}-{version}"
        (top / name).mkdir(parents=True)
        (top / name / "__init__.py").write_text(f"VERSION = {version!r}\n")
        (top / "pyproject.toml").write_text(PYPROJECT)
        values = {"name": name, "version": version, "requires": requires}
        steps = {"sdist_step": sdist_step, "wheel_step": wheel_step}
        (top / "backend.py").write_text(BACKEND.format(**values, **steps))
        return top

    return make


@pytest.fixture
def wheel_file(tmp_path: Path) -> MakeWheel:
    """Make a wheel by hand."""

    def make(
        name: str = "toy",
        version: str = "1.0",
        *,
        tag: str = "py3-none-any",
        headers: str = "",
        files: dict[str, str] | None = None,
        folder: str = "wheels",
    ) -> Path:
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}"
        content = {
            **(files or {f"{name}/__init__.py": f"VERSION = {version!r}\n"}),
            f"{info}/METADATA": metadata,
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        rows = [f"{path},sha256={_hash(text)},{len(text)}" for path, text in content.items()]
        content[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"])
        path = tmp_path / folder / f"{name}-{version}-{tag}.whl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as out:
            for member, text in content.items():
                out.writestr(member, text)
        return path

    return make


@pytest.fixture
def git_repository(tree: MakeTree) -> Path:
    """A repository with version 1.0 tagged v1 on main and version 2.0 on the branch next."""
    top = tree()
    for line in (
        "init -q -b main",
        "add .",
        "commit -q -m one",
        "tag v1",
        "checkout -q -b next",
    ):
        run_git(top, *line.split())
    backend = top / "backend.py"
    backend.write_text(backend.read_text().replace("'1.0'", "'2.0'"))
    run_git(top, "commit", "-qam", "two")
    run_git(top, "checkout", "-q", "main")
    return top


def run_git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, whatever the machine's settings."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        [shutil.which("git") or "git", *who, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def git() -> Callable[..., str]:
    """Run git in a folder."""
    return run_git


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Publish files on a local index with relative addresses, and choose that index."""
    top = tmp_path / "index"
    monkeypatch.setenv("PIP_INDEX_URL", top.as_uri())
    monkeypatch.setenv("UV_DEFAULT_INDEX", top.as_uri())

    def publish(project: str, *files: Path, sha256: str | None = None) -> Path:
        page = top / project
        page.mkdir(parents=True, exist_ok=True)
        rows = ""
        for path in files:
            (page / path.name).write_bytes(path.read_bytes())
            digest = sha256 or hashlib.sha256(path.read_bytes()).hexdigest()
            rows += f'<a href="../{project}/{path.name}#sha256={digest}">{path.name}</a>\n'
        (page / "index.html").write_text(textwrap.dedent(rows))
        return top

    return publish


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
