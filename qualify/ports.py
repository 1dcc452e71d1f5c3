"""What the rooms at the edge implement; what the composition plugs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from qualify.core.attempt import Attempt, Training
from qualify.core.baseline import Baseline
from qualify.core.candidate import Build, BuildFailure, Environment, Source, Wheel
from qualify.core.data import Split
from qualify.core.event import Event
from qualify.core.matrix import Lane


class Clock(Protocol):
    """Now, as UTC, ISO 8601 with seconds."""

    def now(self) -> str: ...


class Fetcher(Protocol):
    """Turns what a user wrote into a source on this machine; raises CandidateError."""

    def fetch(self, spec: str) -> Source: ...


class Builder(Protocol):
    """Turns a source into a wheel, in isolation, through the standard front end."""

    def build(self, source: Source) -> Wheel | BuildFailure: ...


class Installer(Protocol):
    """Makes the environment of one (wheel, lane).

    `lock` holds `name==version` lines that are kept fixed; empty: what resolves today.
    """

    def install(
        self, wheel: Wheel, lane: Lane, lock: Sequence[str]
    ) -> Environment | BuildFailure: ...


class Ledger(Protocol):
    """Append-only truth of one build."""

    def append(self, *events: Event) -> None: ...

    def events(self) -> Iterable[Event]: ...


class DatasetSource(Protocol):
    """Gives the split of a dataset that belongs to a key; raises SuiteError for an unknown name."""

    def names(self) -> Sequence[str]: ...

    def split(self, dataset: str, key: int) -> Split: ...


class Trainer(Protocol):
    """Executes one training in a candidate's environment and scores it."""

    def train(self, training: Training, build: Build, environment: Environment) -> Attempt: ...

    def digest(self, training: Training, environment: Environment) -> str: ...

    def tidy(self, attempt: Attempt) -> None: ...


class BaselineStore(Protocol):
    """Where reviewed baselines live."""

    def read(self, target: str, version: str, lane: Lane) -> Baseline | None: ...

    def write(self, baseline: Baseline) -> Path: ...
