"""Prepare a suspect and train it; every training is kept by the ledger of its suspect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count
from pathlib import Path

from qualify.building.provenance import provenance
from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.canary import Canary
from qualify.core.candidate import Build, BuildFailure
from qualify.core.data import digest
from qualify.core.errors import CandidateError, InfrastructureError
from qualify.core.event import AttemptFinished
from qualify.core.matrix import Lane
from qualify.core.plan import Cell
from qualify.running.executing import Execution, known_attempts
from qualify.storing.ledger import JsonlLedger
from qualify.verbs.bisecting.suspects import Row, Suspect
from qualify.wiring import Context, trainer

SPARE = 1000
"""Where the seeds of the good end's replicates are used up, probes go on from here."""
_PROBES, _REPLICATES = "probes.jsonl", "replicates.jsonl"
_EXECUTIONS = 3  # of a training that the runner failed


def make(context: Context, spec: str, lane: Lane, lock: tuple[str, ...]) -> Build | BuildFailure:
    """Fetch, build and install; what is wrong with the suspect is a BuildFailure.

    Raises InfrastructureError and its kin where the machine or the index failed.
    """
    try:
        source = context.fetcher().fetch(spec)
    except CandidateError as error:
        return BuildFailure(error.message)
    wheel = context.builder().build(source)
    if isinstance(wheel, BuildFailure):
        return wheel
    made = context.installer().install(wheel, lane, lock)
    if isinstance(made, BuildFailure):
        return made
    row = provenance(source, wheel.sha256, context.clock.now())
    target = context.config.target.name
    return Build("suspect", target, source, row, wheel, environments={str(lane): made})


def why(failure: BuildFailure) -> str:
    """A failure in one line: the reason and the last telling line."""
    return ": ".join([failure.reason, *failure.lines[-1:]])


@dataclass
class Bench:
    """The trainings of one cell on a row of suspects.

    `made` are the suspects that were prepared, `fresh` how many of them had to be built.
    """

    context: Context
    cell: Cell
    canary: Canary
    lane: Lane
    row: Row
    made: dict[int, Build | BuildFailure] = field(default_factory=dict)
    fresh: int = 0

    def prepare(self, position: int) -> str:
        """Build and install a suspect; why that fails, or nothing."""
        if position not in self.made:
            suspect = self.row.suspects[position]
            self.fresh += not self.cached(position)
            self.made[position] = make(self.context, suspect.spec, self.lane, suspect.lock or ())
            self._folder(suspect).mkdir(parents=True, exist_ok=True)
        made = self.made[position]
        return why(made) if isinstance(made, BuildFailure) else ""

    def cached(self, position: int) -> bool:
        """Whether a suspect was built before, in this bisection, an earlier one or a run."""
        suspect = self.row.suspects[position]
        return position in self.made or self._folder(suspect).exists() or suspect.spec in self._runs

    def known(self, position: int) -> list[Attempt]:
        """The finished probes of a suspect that earlier bisections left, in their order."""
        folder = self._folder(self.row.suspects[position])
        if not (folder / _PROBES).exists() or self.prepare(position):
            return []
        execution = self._execution(position, _PROBES)
        done = execution.known.values()
        found = (execution.kept(self._training(a.seed, a.number)) for a in done)
        return [attempt for attempt in found if attempt]

    def fresh_seed(self, replicates: Iterable[int] = ()) -> int:
        """A seed of the good end's replicates that no probe of this cell has used, or another.

        The same seed gives the same rows, so that a probe with a replicate's seed shares its luck.
        Two probes never share one: builds whose code is the same would give one answer twice.
        """
        paths = self._home.glob(f"*/{_PROBES}")
        events = (event for path in paths for event in JsonlLedger(path).events())
        used = {e.attempt.seed for e in events if isinstance(e, AttemptFinished)}
        return next(seed for seed in chain(replicates, count(SPARE)) if seed not in used)

    def train(self, position: int, seed: int, ledger: str = _PROBES) -> Attempt:
        """Probe a prepared suspect; raises InfrastructureError where the runner keeps failing."""
        execution = self._execution(position, ledger)
        for number in range(1, _EXECUTIONS + 1):
            attempt = execution(self._training(seed, number))
            if attempt.outcome is not Outcome.INFRA:
                break
        else:
            raise InfrastructureError(f"{self.cell.id}: {attempt.message}")
        if attempt.ok:
            execution.trainer.tidy(attempt)
        return attempt

    def replicate(self, seed: int) -> Attempt:
        """Train a replicate of the good end."""
        return self.train(0, seed, _REPLICATES)

    @cached_property
    def _runs(self) -> frozenset[str]:
        """The specs of builds that runs of this work folder installed on the lane."""
        builds = (folder.earlier() for folder in self.context.shelf.all())
        return frozenset(b.source.spec for b in builds if b and str(self.lane) in b.environments)

    @property
    def _home(self) -> Path:
        name = re.sub(r"[^\w.-]+", "-", f"{self.cell.suite}-{self.canary.name}-{self.lane}")
        return self.context.work / "bisections" / name

    def _folder(self, suspect: Suspect) -> Path:
        return self._home / digest([suspect.spec, suspect.lock])[:16]

    def _training(self, seed: int, number: int = 1) -> Training:
        return Training(self.cell.id, "candidate", self.canary, seed, number)

    def _execution(self, position: int, name: str) -> Execution:
        build = self.made[position]
        if isinstance(build, BuildFailure):
            raise TypeError(f"suspect {position} was not built")
        folder = self._folder(self.row.suspects[position])
        ledger = JsonlLedger(folder / name)
        return Execution(
            cell=self.cell,
            builds={"candidate": build},
            ledger=ledger,
            trainer=trainer(folder / Path(name).stem, self.context.adapter.path),
            clock=self.context.clock,
            known=known_attempts(ledger, self.cell),
        )
