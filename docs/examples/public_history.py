"""Take in what the tests of a public package say of its releases, one after another.

    python docs/examples/public_history.py pandas                run, pack, ingest, draw
    python docs/examples/public_history.py pandas --replay DIR   ingest the packed files into DIR

The tests that a release ships run in an environment of its own, all releases beside the same other
packages. What has run is kept. A failing suite does not end the loop: that is a result. `--json`
prints a summary. Each package has a folder in docs/releases/: its configuration, the packed JUnit
files and the account of what is red in them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from qualify.config import load
from qualify.core.verdict import Status
from qualify.verbs.history import record
from qualify.verbs.ingesting.ingest import Ingested, column_of, ingest
from qualify.wiring import Context

HOME = Path(__file__).parents[1] / "releases"
PYTHON = "3.11"
RAN = (0, 1, 2)  # of pytest: all passed, some failed, some could not be collected
BROKE = (Status.PASSED, Status.FAILED)
FAILING = (Status.FAILED, Status.FLAKY, Status.INCONCLUSIVE)
_HOST = re.compile(r' hostname="[^"]*"')


@dataclass(frozen=True)
class Public:
    """A package that ships its tests, the modules that run, and what they run beside."""

    releases: tuple[str, ...]
    modules: tuple[str, ...]
    beside: tuple[str, ...]


PACKAGES = {
    "pandas": Public(
        ("2.0.3", "2.1.4"),
        ("pandas.tests.tslibs", "pandas.tests.tseries.frequencies", "pandas.tests.reshape.merge"),
        (
            *("numpy==1.26.4", "python-dateutil==4.0.0", "pytz==2026.6", "tzdata==2026.6"),
            *("pytest==9.2.0", "hypothesis==6.170.15"),
        ),
    ),
    "scikit-learn": Public(
        ("1.4.2", "1.5.2", "1.7.2"),
        ("sklearn.linear_model.tests.test_logistic", "sklearn.metrics.tests.test_ranking"),
        (
            *("numpy==2.4.6", "scipy==1.17.1", "joblib==1.6.0", "threadpoolctl==3.8.0"),
            *("narwhals==2.29.0", "pytest==9.2.0"),
        ),
    ),
}


def run(package: str, work: Path) -> Path:
    """Run the tests of each release that has no file yet; returns the folder of the files."""
    files = work / "junit"
    files.mkdir(parents=True, exist_ok=True)
    for release in PACKAGES[package].releases:
        if not (files / f"{release}.xml").exists():
            _test(package, release, work / "envs" / release, files / f"{release}.xml")
    return files


def _test(package: str, release: str, env: Path, out: Path) -> None:
    public = PACKAGES[package]
    python = _python(env, (f"{package}=={release}", *public.beside))
    new = out.with_suffix(".new").resolve()
    command = [python, "-m", "pytest", "-q", "--tb=short", f"--junitxml={new}"]
    ini = env / "pytest.ini"  # else pytest takes the configuration of the folders above
    ini.write_text("[pytest]\n")
    quiet = ["-p", "no:cacheprovider", "-p", "no:warnings"]
    ran = subprocess.run(
        [*command, *quiet, "--pyargs", *public.modules],
        cwd=env,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if ran.returncode not in RAN:
        raise SystemExit(f"{release}: pytest ended with {ran.returncode}, which is no result")
    text = _HOST.sub("", new.read_text()).replace(str(env.resolve()), ".")
    new.write_text(text)
    new.rename(out)


def _python(env: Path, wanted: tuple[str, ...]) -> str:
    """The interpreter of an environment that holds what is wanted."""
    uv = shutil.which("uv")
    if uv is None:
        raise SystemExit("uv is not on the path: pip install uv")
    python = str(env.absolute() / "bin" / "python")
    if not Path(python).exists():
        subprocess.run([uv, "venv", "-q", "--python", PYTHON, str(env)], check=True)
    subprocess.run([uv, "pip", "install", "-q", "--python", python, *wanted], check=True)
    return python


def pack(package: str, files: Path) -> Path:
    """Pack the files, with nothing of when and by whom they were packed."""
    packed = HOME / package / "junit.tar.xz"
    with tarfile.open(packed, "w:xz", preset=9) as out:
        for release in PACKAGES[package].releases:
            data = (files / f"{release}.xml").read_bytes()
            info = tarfile.TarInfo(f"junit/{release}.xml")
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return packed


def unpack(package: str, work: Path) -> Path:
    """The packed files, in the work folder."""
    with tarfile.open(HOME / package / "junit.tar.xz") as packed:
        packed.extractall(work, filter="data")
    return work / "junit"


def take_in(package: str, files: Path, work: Path) -> Iterator[dict[str, Any]]:
    """Ingest release by release, each against the one before it, and say what each one shows."""
    before: dict[str, Status] = {}
    releases = PACKAGES[package].releases
    for last, release in pairwise((releases[0], *releases)):
        overrides = {"target.baseline": f"{package}=={last}", "paths.work": str(work.resolve())}
        context = Context(*load(HOME / package / "qualify.toml", overrides), print)
        folder = column_of(context, f"{package}=={release}")
        done = ingest(context, folder, [files / f"{release}.xml"], "tests")
        record(context, folder)
        yield {"release": release, **_summary(done, before)}
        before = dict(done.rows)


def _summary(done: Ingested, before: dict[str, Status]) -> dict[str, Any]:
    """How many rows there are of each status, and what is otherwise than in the release before."""
    rows = done.rows
    both = {row: (before[row], status) for row, status in rows.items() if row in before}
    passed = [was for was, now in both.values() if now is Status.PASSED]
    return {
        "build": done.build,
        "decision": done.decision.answer if done.decision else None,
        "rows": len(rows),
        **Counter(status.value for status in rows.values()),
        "not in the release before": len(rows) - len(both),
        "gone since": len(before) - len(both),
        "passed before, failed now": sum(pair == BROKE for pair in both.values()),
        "mended": sum(was in FAILING for was in passed),
    }


def draw(package: str, work: Path) -> Path:
    """The grid of the work folder's builds."""
    page = work / "grid.html"
    config = ("--config", str(HOME / package / "qualify.toml"), "--work", str(work))
    command = [sys.executable, "-m", "qualify", "grid", *config, "--out", str(page)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return page


def main(argv: list[str]) -> int:
    """Run, or replay; then draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("--replay", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args(argv)
    work = given.replay or Path(".qualify") / "public" / given.package
    if given.replay:
        files = unpack(given.package, work)
    else:
        files = run(given.package, work)
        pack(given.package, files)
    told = list(take_in(given.package, files, work))
    summary = json.dumps(told, indent=2)
    if not given.replay:
        (HOME / given.package / "summary.json").write_text(summary + "\n")
    page = draw(given.package, work)
    print(summary if given.as_json else "\n".join(map(str, [*told, page])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
