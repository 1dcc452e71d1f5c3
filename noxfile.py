"""The composition: each session calls one verb and passes options on.

The verbs keep finished work, so sessions build on one another through files alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["qualify"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False

nox.options.download_python = "never"
# Pythons that pyenv keeps are found without being activated.
os.environ["PATH"] = os.pathsep.join(
    [os.environ["PATH"], *map(str, Path.home().glob(".pyenv/versions/3.*/bin"))]
)

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]


def verb(session: nox.Session, *arguments: str, codes: tuple[int, ...] = (0,)) -> None:
    """Install the harness and call one of its verbs; a decision's exit code ends the session."""
    session.install("-e", ".[uv]" if session.venv_backend == "uv" else ".")
    session.run("qualify", *arguments, *session.posargs, success_codes=codes)


@nox.session
def qualify(session: nox.Session) -> None:
    """Decide whether a build may ship: plan, build, train, judge and draw."""
    verb(session, "run")


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheels and make the environments."""
    verb(session, "build")


@nox.session(python=PYTHONS)
@nox.parametrize("runner", ["cpu", "gpu"])
def canaries(session: nox.Session, runner: str) -> None:
    """Train the cells of one python and one class of machine."""
    verb(session, "canaries", "--python", str(session.python), "--runner", runner)


@nox.session
def judge(session: nox.Session) -> None:
    """Decide on the build whose cells were filled last."""
    verb(session, "judge")


@nox.session
def grid(session: nox.Session) -> None:
    """Draw every build as one page."""
    verb(session, "grid")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the project's own tests."""
    session.install("-e", ".[tests]")
    session.run("pytest", "-n", "2", "--dist", "worksteal", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and rules."""
    session.install(".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install("-e", ".[tests,typecheck]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Write the reference pages from the code; `-- --check` only compares."""
    session.install("-e", ".")
    session.run("python", "-m", "docs.generate", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the documentation claims; `-- --quick` for a first look."""
    session.install("-e", ".[tests]")
    for name in (
        "verdict_rules",
        "repeats",
        "bisection",
        "changepoints",
        "history",
        "grid",
        "same_release",
    ):
        session.run("python", "-m", f"benchmarks.{name}", *session.posargs)


@nox.session
def limits(session: nox.Session) -> None:
    """Calibrate the sequential tests anew: half an hour; `-- --paths 100000` for a first look."""
    session.install("-e", ".")
    session.run("python", "-m", "benchmarks.limits", *session.posargs)
