"""What is under test: where it came from, the wheel it became, the environments it lives in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SourceKind = Literal["index", "tree", "git", "sdist", "wheel"]


@dataclass(frozen=True)
class Source:
    """A candidate's origin, fetched: `identity` is the digest that names a build.

    `location` is a path on this machine (an archive or a source tree); `commit` is set where
    the source is under git; `note` says what a reader must know ("no sdist on the index").
    """

    kind: SourceKind
    spec: str
    identity: str
    location: str
    commit: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Wheel:
    """A built wheel, named by its digest. `requires_python` is the wheel's own metadata."""

    path: str
    sha256: str
    name: str
    version: str
    requires_python: str = ""


@dataclass(frozen=True)
class BuildFailure:
    """Why a wheel or an environment could not be made: one sentence and the log's telling lines."""

    reason: str
    lines: tuple[str, ...] = ()
    log: str = ""


@dataclass(frozen=True)
class Environment:
    """A (build, lane) environment that holds the candidate's wheel and nothing of ours.

    `lock` is the resolved `name==version` list; `seeds` are pip/setuptools where the tool put them
    there; `wheel_sha256` is the digest that was checked at install and is checked at training.
    """

    lane: str
    python: str
    python_version: str
    wheel_sha256: str
    lock: tuple[str, ...]
    seeds: tuple[str, ...]
    installer: str


def for_inference(lane: object) -> str:
    """Name the environment of a lane that has only what suffices to load and predict."""
    return f"{lane}+inference"


@dataclass(frozen=True)
class Provenance:
    """One row that says where a build's results come from."""

    source: str
    kind: SourceKind
    commit: str | None
    sha256: str | None
    python: str
    platform: str
    cpu: str
    harness: str
    time: str


@dataclass(frozen=True)
class Build:
    """A column of the grid.

    `environments` and `failures` are keyed by lane, or by `for_inference` of it. `wheel` is None
    when `failure` says why there is none.
    """

    id: str
    target: str
    source: Source
    provenance: Provenance
    wheel: Wheel | None = None
    failure: BuildFailure | None = None
    environments: dict[str, Environment] = field(default_factory=dict)
    failures: dict[str, BuildFailure] = field(default_factory=dict)
    log: str = ""

    @property
    def version(self) -> str:
        """The wheel's version, or the spec where no wheel came to be."""
        return self.wheel.version if self.wheel else self.source.spec
