"""What the documents say of commands, links and pages is so."""

from __future__ import annotations

import ast
import os
import re
import shlex
from pathlib import Path

import click
import pytest

from docs import commands, generate, suites
from tests.docs.examples import PAGES, ROOT, anchors, blocks, code, prose

COMMANDS = dict(commands.commands())
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
SESSION = re.compile(r"nox -s ([\w-]+)( --.*)?")


def options(name: str) -> set[str]:
    params = COMMANDS[name].params
    return {o for p in params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}


def sessions() -> set[str]:
    """The sessions of the noxfile, read without importing nox."""
    body = ast.parse((ROOT / "noxfile.py").read_text()).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    return {f.name for f in functions if any("session" in ast.unparse(d) for d in f.decorator_list)}


def called(line: str) -> tuple[str, list[str]] | None:
    """The command that a piece of code calls, with its options."""
    words = [w for w in re.split(r"\s+", line.split(" #", maxsplit=1)[0].strip()) if w]
    if "qualify" not in words[:1]:
        return None
    name = "qualify"
    for word in words[1:]:
        if f"{name} {word}" not in COMMANDS:
            break
        name = f"{name} {word}"
    return name, [word.split("=")[0] for word in words if word.startswith("-")]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_and_options_exist(page: Path) -> None:
    """Every command and option that a document names is one of the command line."""
    for line in code(page):
        found = called(line)
        if found is None:
            continue
        name, given = found
        words = line.split()
        assert len(words) == 1 or name != "qualify" or not words[1].isidentifier(), line
        assert set(given) <= options(name) | {"-h", "--help", "--version"}, line


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_sessions_exist(page: Path) -> None:
    """Every nox session that a document names exists, and what is passed to `run` is its option."""
    for line in code(page):
        for name, rest in SESSION.findall(line.split(" #")[0]):
            assert name in sessions() or name == "SESSION", line
            if name == "qualify":
                given = {w.split("=")[0] for w in shlex.split(rest)[1:] if w.startswith("--")}
                assert given <= options("qualify run"), line


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_resolve(page: Path) -> None:
    """Every link within the project leads to a file, and to a heading where it names one."""
    for link in LINK.findall(prose(page)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_generated_pages_are_fresh() -> None:
    """The reference says what the code says; `nox -s docs` writes what is stale."""
    assert generate.stale() == []


def test_every_command_is_documented() -> None:
    """Each command has its section in the reference."""
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/reference/cli.md").read_text(), re.MULTILINE)
    assert headings == list(COMMANDS)


def test_the_pipeline_runs_what_the_readme_says() -> None:
    """The command for the tests is the same in every document, the workflow and .ci/run."""
    lines = [line for b in blocks(ROOT / "README.md") for line in b.text.splitlines()]
    qualify, tests = (line for line in lines if "nox[uv]" in line)
    assert qualify.replace("-s qualify", "-s tests") == tests
    for name in (".ci/run", ".github/workflows/ci.yml", "CONTRIBUTING.md"):
        assert tests in (ROOT / name).read_text(), name


def test_the_pipeline_can_be_executed() -> None:
    """A clean clone may call .ci/run."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_readme_is_short() -> None:
    """The README fits into 120 lines."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_every_cell_says_what_practice_it_stands_for() -> None:
    """No canary and no check that ships is without a test of the ML Test Score."""
    assert [cell.id for cell in suites.cells() if not cell.practice] == []
