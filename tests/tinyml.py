"""A tiny AutoML package, real from its sdist to its predictions, and a project that qualifies it.

The package is pure Python without dependencies and its build backend is in its tree, so a whole
qualification takes seconds and no network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from qualify.config import CURRENT
from qualify.core.event import AttemptFinished, CellFinished, CellKept, Event

LANE = f"py{CURRENT.replace('.', '')}-cpu-locked"
EVENTS: TypeAdapter[Event] = TypeAdapter(Event)

BACKEND = """
import base64, hashlib, io, pathlib, tarfile, zipfile

VERSION = {version!r}
METADATA = f"Metadata-Version: 2.1\\nName: tinyml\\nVersion: {{VERSION}}\\n"


def build_sdist(folder, config_settings=None):
    top = f"tinyml-{{VERSION}}"
    with tarfile.open(pathlib.Path(folder, top + ".tar.gz"), "w:gz") as out:
        for path in ("backend.py", "pyproject.toml", "tinyml/__init__.py"):
            out.add(path, f"{{top}}/{{path}}")
        out.addfile(tarfile.TarInfo(f"{{top}}/PKG-INFO"), io.BytesIO())
    return top + ".tar.gz"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    {build_step}
    info = f"tinyml-{{VERSION}}.dist-info"
    files = {{
        "tinyml/__init__.py": pathlib.Path("tinyml/__init__.py").read_bytes(),
        f"{{info}}/METADATA": METADATA.encode(),
        f"{{info}}/WHEEL": b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }}
    rows = [f"{{info}}/RECORD,,"]
    for name, data in files.items():
        sha = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{{name}},sha256={{sha}},{{len(data)}}")
    files[f"{{info}}/RECORD"] = "\\n".join(rows).encode()
    wheel = f"tinyml-{{VERSION}}-py3-none-any.whl"
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

# Nearest centroids of a bootstrap sample, on standardised columns.
MODULE = """
import math, random
{on_import}


def _scaled(rows, means, deviations):
    return [[(v - m) / d for v, m, d in zip(row, means, deviations)] for row in rows]


def fit(rows, labels, seed):
    {on_fit}
    columns = list(zip(*rows))
    means = [sum(c) / len(c) for c in columns]
    spread = [math.sqrt(sum((v - m) ** 2 for v in c) / len(c)) for c, m in zip(columns, means)]
    deviations = [s or 1.0 for s in spread]
    rng = random.Random(seed)
    centroids = []
    for kind in sorted(set(labels)):
        mine = [row for row, label in zip(rows, labels) if label == kind]
        mine = _scaled([rng.choice(mine) for _ in mine], means, deviations)
        centroids.append([sum(c) / len(c) for c in zip(*mine)])
    return {{"means": means, "deviations": deviations, "centroids": centroids}}


def predict_proba(model, rows):
    table = []
    for row in _scaled(rows, model["means"], model["deviations"]):
        far = [math.dist(row, centroid) for centroid in model["centroids"]]
        weights = [math.exp(2 * (min(far) - d)) for d in far]
        p = [w / sum(weights) for w in weights]
        {on_predict}
        table.append(p)
    return table
"""

ADAPTER = '''\
"""tinyml: fit, predict, save and load."""
import json

DISTRIBUTION = "tinyml"
MODULE = "tinyml"
REQUIREMENTS = ()
TASKS = ("binary", "multiclass")
HONOURS = ("seed", "iterations")
ERRORS = ("TypeError", "ValueError")
PRESET = {"iterations": 1}


def start():
    import tinyml


def table(columns):
    return [list(row) for row in zip(*(c["values"] for c in columns))]


def fit(table, labels, settings):
    import tinyml

    return tinyml.fit(table, labels, settings["seed"])


def predict(model, table, task):
    import tinyml

    return tinyml.predict_proba(model, table)


def save(model, folder):
    (folder / "model.json").write_text(json.dumps(model))


def load(folder):
    return json.loads((folder / "model.json").read_text())

'''

STAGES = '''\
"""The stages before everything else."""

from qualify.suite import Lab, check


@check(stage="build", owner="release")
def test_build(lab: Lab) -> None:
    """The source gives a wheel."""
    lab.built()


@check(stage="install", owner="release")
def test_install(lab: Lab) -> None:
    """The wheel installs."""
    lab.installed()


@check(stage="import", owner="release")
def test_import(lab: Lab) -> None:
    """The package imports."""
    lab.imports()
'''

SEEDS = '''\
"""Seeds act."""

from qualify.suite import Lab, check


@check(owner="search", dataset="tiny", task="multiclass", iterations=1)
def test_seeds_act(lab: Lab) -> None:
    """Different seeds give different models on the same rows."""
    found = {lab.train(seed, split=0).predictions for seed in range(3)}
    assert len(found) > 1, "three seeds gave one model"
'''

CANARIES = """\
[canary.flowers]
about = "sixty flowers"
dataset = "tiny"
task = "multiclass"
budget = { iterations = 1 }
metrics = { log_loss = 0.1 }
owner = "tabular"
cap = 20
limits = { wall_s = 60 }

[canary.wine]
about = "three kinds of wine"
dataset = "wine"
task = "multiclass"
budget = { iterations = 1 }
metrics = { log_loss = 0.1 }
owner = "tabular"
cap = 20
limits = { wall_s = 60 }
"""

SETTINGS = """\
jobs = 1

[target]
name = "tinyml"
adapter = "tinyml_adapter.py"
candidate = "trees/same"
baseline = "trees/reference"

[lanes]
modes = ["locked"]
"""
BUILD, INSTALL = "smoke/build", f"smoke/install@{LANE}"
IMPORT, SEEDS_ACT = f"smoke/import@{LANE}", f"reproducibility/seeds_act@{LANE}"
FLOWERS, WINE = f"quality/flowers@{LANE}", f"quality/wine@{LANE}"
ALL = {BUILD, INSTALL, IMPORT, SEEDS_ACT, FLOWERS, WINE}


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What a command with --json said."""
        return json.loads(self.out)

    @property
    def cells(self) -> dict[str, str]:
        """The status of every cell."""
        return self.answer["cells"]


@dataclass(frozen=True)
class Project:
    """A folder with suites and a configuration, as a user has."""

    root: Path

    @classmethod
    def make(cls, root: Path, cache: Path) -> Project:
        """Write the project; what was built for another one is in `cache`."""
        project = cls(root)
        project.write("tinyml_adapter.py", ADAPTER)
        project.write("qualify.toml", SETTINGS)
        project.write("suites/smoke/test_stages.py", STAGES)
        project.write("suites/quality/canaries.toml", CANARIES)
        project.write("suites/reproducibility/test_seeds.py", SEEDS)
        (root / ".qualify").mkdir()
        for name in ("sources", "wheels", "environments"):
            (cache / name).mkdir(parents=True, exist_ok=True)
            (root / ".qualify" / name).symlink_to(cache / name)
        project.package("reference", "1.0")
        project.package("same", "1.1")
        return project

    @property
    def settings(self) -> str:
        """The configuration's text; more keys of `[lanes]` may follow it."""
        return (self.root / "qualify.toml").read_text()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def package(
        self,
        name: str,
        version: str = "1.1",
        *,
        on_build: str = "pass",
        on_import: str = "",
        on_fit: str = "pass",
        on_predict: str = "pass",
    ) -> str:
        """Write a source tree of tinyml, changed as told; returns its spec."""
        module = MODULE.format(on_import=on_import, on_fit=on_fit, on_predict=on_predict)
        self.write(f"trees/{name}/tinyml/__init__.py", module)
        self.write(f"trees/{name}/pyproject.toml", PYPROJECT)
        self.write(f"trees/{name}/backend.py", BACKEND.format(version=version, build_step=on_build))
        return f"trees/{name}"

    def run(self, *arguments: str) -> Ran:
        """Run `qualify` in the project."""
        return self._call("qualify", *arguments)

    def pytest(self, *arguments: str) -> Ran:
        """Run pytest in the project, as a developer does."""
        return self._call("pytest", "-p", "no:cacheprovider", *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `qualify` and go on."""
        return subprocess.Popen(
            [sys.executable, "-m", "qualify", *arguments],
            cwd=self.root,
            env=variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def events(self, build: str = "B0001") -> list[Event]:
        """Every event of a build."""
        path = self.root / ".qualify" / "builds" / build / "ledger.jsonl"
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [EVENTS.validate_json(line) for line in lines if line.endswith(b"}")]

    def finished(self) -> list[str]:
        """The cells with a terminal record, in order."""
        return [e.cell for e in self.events() if isinstance(e, CellFinished)]

    def kept(self) -> list[str]:
        """The cells that were kept, in order."""
        return [e.cell for e in self.events() if isinstance(e, CellKept)]

    def trained(self, cell: str) -> int:
        """How many trainings of a cell the ledger holds."""
        return sum(isinstance(e, AttemptFinished) and e.attempt.cell == cell for e in self.events())

    def reason(self, cell: str) -> str:
        """Why a cell is what it is, with the telling lines."""
        found = [e for e in self.events() if isinstance(e, CellFinished) and e.cell == cell]
        return "\n".join([found[-1].verdict.reason, *found[-1].verdict.details])

    def _call(self, module: str, *arguments: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root,
            env=variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def variables() -> dict[str, str]:
    """The environment without what the surrounding pytest put there, and wide enough."""
    rest = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    return {**rest, "COLUMNS": "200", "NO_COLOR": "1"}
