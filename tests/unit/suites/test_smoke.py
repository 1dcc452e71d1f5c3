"""The smoke suite against packages that misbehave, each in a real environment of its own."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType

import pytest

from qualify.adapters import describe
from qualify.core.attempt import Attempt, Training
from qualify.core.candidate import Environment, Wheel
from qualify.core.plan import Cell
from qualify.datasets.splits import BundledDatasets
from qualify.running.lab import CheckFailedError, Lab
from qualify.running.training import LocalTrainer
from tests.fakes import LANE, build

SMOKE = Path(__file__).parents[3] / "suites" / "smoke"
VERSION = ".".join(map(str, sys.version_info[:3]))
ADAPTER = """
DISTRIBUTION = MODULE = "stowaway"
REQUIREMENTS, TASKS, HONOURS = (), ("binary",), ()
ERRORS, PRESET, EXTRAS = (), {"iterations": 1}, ("more",)


def start():
    import stowaway


def table(columns):
    return columns


fit = predict = save = load = start
"""
METADATA = """\
Metadata-Version: 2.1
Name: stowaway
Version: 1.0
Requires-Python: >=3.10
License: MIT
"""


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"smoke_{name}", SMOKE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wheels, imports, dependencies, extras = map(
    load, ("test_wheel", "test_import", "test_dependencies", "test_extras")
)


@dataclass
class Room:
    """An empty environment, what is put into it, and the checks on it."""

    folder: Path
    seen: dict[str, Attempt] = field(default_factory=dict)
    arms: tuple[str, ...] = ("candidate",)

    def __post_init__(self) -> None:
        adapter = self.folder / "adapter.py"
        adapter.write_text(ADAPTER)
        self.adapter = describe(str(adapter))
        self.trainer = LocalTrainer(
            self.folder / "build", adapter, BundledDatasets(), lambda *_: None
        )

    @cached_property
    def environment(self) -> Environment:
        """A virtual environment that holds nothing, made when it is looked at."""
        venv = self.folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        return Environment(str(LANE), f"{venv}/bin/python", VERSION, "sha", (), (), "uv")

    @property
    def site(self) -> Path:
        """Its site-packages."""
        return dependencies.site_packages(self.environment.python)

    def put(self, name: str, code: str = "", metadata: str = "", version: str = "1.0") -> None:
        """Install a distribution of one package by hand."""
        (self.site / name).mkdir()
        (self.site / name / "__init__.py").write_text(f"__version__ = {version!r}\n{code}")
        info = self.site / f"{name}-1.0.dist-info"
        info.mkdir()
        text = METADATA.replace("stowaway", name) + metadata
        (info / "METADATA").write_text(text)
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n{name}-1.0.dist-info/METADATA,,\n")

    def shared(self, training: Training) -> Attempt:
        """Execute what was not executed before."""
        key = self.trainer.digest(training, self.environment)
        if key not in self.seen:
            self.seen[key] = self.trainer.train(training, build(), self.environment)
        return self.seen[key]

    def lab(self, wheel: str = "") -> Lab:
        """The bench of a check without data."""
        made = replace(
            build(),
            wheel=Wheel(wheel, "sha", "stowaway", "1.0"),
            environments={} if wheel else {str(LANE): self.environment},
        )
        cell = Cell("smoke", "x", LANE, "x")
        return Lab(cell, "candidate", made, self, BundledDatasets(), SMOKE, adapter=self.adapter)

    def said(self, check, wheel: str = "") -> str:
        """Why a check is broken; "" where it holds."""
        try:
            check(self.lab(wheel))
        except (AssertionError, CheckFailedError) as error:
            return str(error).splitlines()[0]
        return ""


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


IMPORTS = (
    imports.test_version,
    imports.test_import_time,
    imports.test_import_contacts_nobody,
    imports.test_import_starts_nothing,
    imports.test_import_writes_nothing,
    imports.test_import_warns_of_nothing_to_come,
    imports.test_declared_dependencies_suffice,
)


def test_a_quiet_import_breaks_nothing(room: Room):
    """A package that only imports keeps every promise, with one process for all of them."""
    room.put("stowaway", "import json, logging")
    assert [room.said(check) for check in IMPORTS] == [""] * len(IMPORTS)
    assert len(room.seen) == 1


SOCKET = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 0.01)\nexcept OSError: 0"
LOOKUP = "import socket\ntry: socket.gethostbyname('qualify.invalid')\nexcept OSError: 0"


@pytest.mark.parametrize(("code", "host"), [(SOCKET, "192.0.2.1"), (LOOKUP, "qualify.invalid")])
def test_network_at_import(room: Room, code: str, host: str):
    """An import that looks a host up or connects is named with the module that did it."""
    room.put("stowaway", code)
    said = room.said(imports.test_import_contacts_nobody)
    assert said.startswith(f"the import contacts {host} by stowaway")


def test_this_machine_is_no_network(room: Room):
    """Sockets on the loopback, which libraries try for IPv6, contact nobody."""
    code = "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\n"
    room.put("stowaway", f"{code}socket.create_connection(s.getsockname()).close()")
    assert room.said(imports.test_import_contacts_nobody) == ""


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import subprocess; subprocess.run(['true'])", "a process by stowaway: true"),
        ("import os; os.system('true')", "a process by stowaway: true"),
        (
            "import threading; threading.Thread(target=int, name='tick').start()",
            "a thread by stowaway: tick",
        ),
    ],
)
def test_processes_and_threads_at_import(room: Room, code: str, what: str):
    """An import that starts something is named with what it started."""
    room.put("stowaway", code)
    assert room.said(imports.test_import_starts_nothing) == f"the import starts {what}"


def test_a_file_written_at_import(room: Room):
    """A file that is left in the home, the working directory or beside the package is named."""
    home = "import pathlib; pathlib.Path.home().joinpath('.stowaway').write_text('x')"
    room.put("stowaway", f"{home}\nopen('here.log', 'w').close()\nopen(__file__ + '.lock', 'w')")
    said = room.said(imports.test_import_writes_nothing)
    assert "leaves 3 files" in said
    assert ".stowaway, " in said
    assert "__init__.py.lock" in said
    assert "here.log" in said


def test_caches_and_passing_files_are_no_files(room: Room):
    """The user's folder for caches is for them, and what is gone again was not left."""
    cache = (
        "import pathlib; c = pathlib.Path.home() / '.cache'; c.mkdir()\n(c / 'x').write_text('')"
    )
    room.put("stowaway", f"{cache}\nimport tempfile; tempfile.TemporaryFile().write(b'x')")
    assert room.said(imports.test_import_writes_nothing) == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import warnings; warnings.warn('soon', FutureWarning)", "FutureWarning at __init__.py:2"),
        ("import warnings; warnings.warn('x', DeprecationWarning)", "DeprecationWarning at"),
        ("PATTERN = '\\d'", "invalid escape sequence"),
    ],
)
def test_warnings_at_import(room: Room, code: str, said: str):
    """A warning that announces an error is named with its line, also one of a past compilation."""
    room.put("stowaway", code)
    assert said in room.said(imports.test_import_warns_of_nothing_to_come)


def test_others_warnings_are_theirs(room: Room):
    """A warning that a dependency's own line causes, and a UserWarning, are not held against it."""
    room.put("other", "import warnings; warnings.warn('soon', DeprecationWarning)")
    room.put("stowaway", "import other, warnings; warnings.warn('look')")
    assert room.said(imports.test_import_warns_of_nothing_to_come) == ""


@pytest.mark.parametrize(("said", "fine"), [("1.0.0", True), ("1.1", False), ("unknown", False)])
def test_the_version_string(room: Room, said: str, fine: bool):
    """The module's version is the wheel's, however it is written."""
    room.put("stowaway", version=said)
    assert (room.said(imports.test_version) == "") == fine


def test_an_undeclared_dependency(room: Room):
    """What happens to be installed and is not declared is out of reach, directly or through it."""
    room.put("helper")
    room.put("between", "import helper")
    room.put("stowaway", "import between", "Requires-Dist: between>=1\n")
    said = room.said(imports.test_declared_dependencies_suffice)
    assert said.startswith("import stowaway fails without what is not declared (helper)")


def test_declared_extras_of_a_dependency(room: Room):
    """A dependency's extra counts where it is asked for, and the package's own extras do not."""
    room.put("helper")
    room.put("between", "import helper", "Requires-Dist: helper; extra == 'all'\n")
    room.put("stowaway", "import between", "Requires-Dist: between[all]\n")
    assert room.said(imports.test_declared_dependencies_suffice) == ""


def test_an_import_that_fails_is_said(room: Room):
    """Where the package does not import the checks are broken by just that."""
    room.put("stowaway", "raise RuntimeError('not today')")
    assert "not today" in room.said(imports.test_import_writes_nothing)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("Requires-Dist: other>=1\n", ""),
        ("Requires-Dist: other>=2\n", "stowaway 1.0 requires other>=2, and 1.0 is there"),
        ("Requires-Dist: absent\n", "stowaway 1.0 requires absent, which is not installed"),
        ("Requires-Dist: absent; python_version < '3'\n", ""),
        ("Requires-Dist: absent; extra == 'more'\n", ""),
        ("Requires-Dist: ~~\n", "stowaway 1.0 has a requirement that is none: ~~"),
    ],
)
def test_dependencies_that_disagree(room: Room, metadata: str, said: str):
    """What is required and missing, or there in a version that is not allowed, is named."""
    room.put("other")
    room.put("stowaway", metadata=metadata)
    found = room.said(dependencies.test_dependencies_agree)
    assert found == (f"1 conflicts: {said}" if said else "")


def wheel(folder: Path, *, metadata: str = METADATA, record: str = "", **files: str) -> str:
    """Write a wheel; `record` replaces a line of its RECORD, old=>new."""
    info = "stowaway-1.0.dist-info"
    named = {name.replace("__", "/"): text for name, text in files.items()}
    content = {"stowaway/a.py": "a = 1\n", f"{info}/METADATA": metadata, **named}
    rows = [f"{info}/RECORD,,"]
    for name, text in content.items():
        sha = hashlib.sha256(text.encode()).digest()
        hashed = base64.urlsafe_b64encode(sha).rstrip(b"=").decode()
        rows.append(f"{name},sha256={hashed},{len(text)}")
    old, _, new = record.partition("=>")
    kept = [row.replace(old, new) for row in rows] if old else rows
    path = folder / "stowaway-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**content, f"{info}/RECORD": "\n".join(filter(None, kept))}.items():
            archive.writestr(name, text)
    return str(path)


WHEELS = (
    wheels.test_wheel_is_whole,
    wheels.test_wheel_holds_the_package_only,
    wheels.test_metadata,
)


def test_a_good_wheel(room: Room):
    """A wheel of one package with whole metadata breaks nothing."""
    path = wheel(room.folder, metadata=METADATA + "Provides-Extra: more\n")
    assert [room.said(check, path) for check in WHEELS] == ["", "", ""]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("stowaway/a.py=>stowaway/b.py", "stowaway/a.py is not recorded; stowaway/b.py is missing"),
        ("stowaway/a.py,sha256==>stowaway/a.py,sha256=x", "stowaway/a.py has another hash"),
        (",6=>,7", "stowaway/a.py has another size"),
        ("stowaway/a.py,sha256==>stowaway/a.py,,", "stowaway/a.py has no hash"),
    ],
)
def test_a_record_that_lies(room: Room, record: str, said: str):
    """A file that the RECORD lacks, has too much, or describes wrongly is named."""
    assert said in room.said(wheels.test_wheel_is_whole, wheel(room.folder, record=record))


@pytest.mark.parametrize("name", ["tests__test_a.py", "setup.py", "stowaway__x.pyc"])
def test_strangers_in_a_wheel(room: Room, name: str):
    """Tests and other modules beside the package, and byte code, are named."""
    said = room.said(wheels.test_wheel_holds_the_package_only, wheel(room.folder, **{name: "x"}))
    assert name.partition("__")[0] in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("License: MIT\n", "", "no licence"),
        ("Requires-Python: >=3.10\n", "", "no requires_python"),
        (">=3.10", "three", "is invalid for 'requires-python'"),
        ("License: MIT\n", "Classifier: License :: OSI Approved\n", ""),
        ("License: MIT\n", "License: MIT\nColour: red\n", "colour cannot be read"),
    ],
)
def test_metadata_that_lack(room: Room, old: str, new: str, said: str):
    """Metadata that are missing or that packaging cannot read are named."""
    path = wheel(room.folder, metadata=METADATA.replace(old, new))
    found = room.said(wheels.test_metadata, path)
    assert said in found
    assert bool(said) == bool(found)


def test_an_extra_that_does_not_exist(room: Room):
    """An extra that the adapter names and the wheel does not offer breaks the check."""
    said = room.said(extras.test_extras_install, wheel(room.folder))
    assert said.endswith("has no extra more")


def test_an_extra_that_resolves(room: Room):
    """An extra that asks for nothing new resolves, and nothing is installed."""
    path = Path(wheel(room.folder, metadata=METADATA + "Provides-Extra: more\n"))
    extras.resolve(f"stowaway[more] @ {path.as_uri()}", room.environment.python)
    assert not list(room.site.glob("stowaway*"))


def test_an_extra_that_does_not_resolve(room: Room):
    """Requirements that exclude one another are told with the installer's own words."""
    wanted = "Requires-Dist: stowaway<1; extra == 'more'\n"
    path = Path(wheel(room.folder, metadata=METADATA + "Provides-Extra: more\n" + wanted))
    with pytest.raises(CheckFailedError, match=r"stowaway\[more\] does not resolve") as failed:
        extras.resolve(f"stowaway[more] @ {path.as_uri()}", room.environment.python)
    assert failed.value.tail
