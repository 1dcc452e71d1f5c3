"""What comes with an import: a version, a cost, and nothing that a user did not ask for."""

from __future__ import annotations

from typing import Any

from packaging.version import InvalidVersion, Version

from qualify.suite import CheckFailedError, Lab, check

IMPORT_SECONDS = 30.0
DEPENDENCIES = {"owner": "release", "practice": ("Monitor 1",)}


@check(owner="release", practice=("Infra 6",))
def test_version(lab: Lab) -> None:
    """The module's `__version__` is the version of the wheel."""
    said = imported(lab, "version")
    assert lab.build.wheel is not None, "there is no wheel"
    assert same_version(said, lab.build.wheel.version), (
        f"{lab.adapter.module}.__version__ is {said!r} in the wheel of {lab.build.wheel.version}"
    )


@check(owner="release", practice=("Monitor 6",))
def test_import_time(lab: Lab) -> None:
    """The package imports within 30 CPU seconds."""
    seconds = imported(lab, "seconds")
    assert seconds < IMPORT_SECONDS, f"the import takes {seconds:.1f} CPU seconds"


@check(owner="release", practice=("Data 5",))
def test_import_contacts_nobody(lab: Lab) -> None:
    """The import looks up no host and connects to none."""
    hosts = imported(lab, "contacted")
    assert not hosts, f"the import contacts {', '.join(hosts[:5])}"


@check(owner="release", practice=("Infra 3",))
def test_import_starts_nothing(lab: Lab) -> None:
    """The import starts no process and no thread."""
    found = imported(lab, "started")
    assert not found, f"the import starts {'; '.join(found[:5])}"


@check(owner="release", practice=("Infra 3",))
def test_import_writes_nothing(lab: Lab) -> None:
    """The import leaves no file outside the user's folder for caches."""
    files = imported(lab, "written")
    assert not files, f"the import leaves {len(files)} files: {', '.join(files[:5])}"


@check(**DEPENDENCIES)
def test_import_warns_of_nothing_to_come(lab: Lab) -> None:
    """The package's own modules cause no DeprecationWarning, FutureWarning or SyntaxWarning."""
    warnings = imported(lab, "warned")
    assert not warnings, f"{len(warnings)} warnings at import: {'; '.join(warnings[:3])}"


@check(**DEPENDENCIES)
def test_declared_dependencies_suffice(lab: Lab) -> None:
    """The package imports with nothing installed but what its metadata declare."""
    seen = imported(lab, "declared")
    assert not seen["error"], (
        f"import {lab.adapter.module} fails without what is not declared "
        f"({', '.join(seen['undeclared'])}): {seen['error']}"
    )


def imported(lab: Lab, experiment: str) -> Any:
    """What an experiment of the probe saw; raises CheckFailedError where it could not look."""
    seen = lab.observe("import", experiment)
    if seen.error:
        raise CheckFailedError(f"the import ended in {seen.error}: {seen.message}")
    return seen.value


def same_version(said: object, wheel: str) -> bool:
    """Whether two versions are one; 1.0 and 1.0.0 are."""
    try:
        return Version(str(said)) == Version(wheel)
    except InvalidVersion:
        return False
