"""Stand-ins for the ports: they work, in memory, and do what a test tells them."""

# ruff: noqa: ARG002 -- a port names what its methods are given

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.candidate import Build, Environment, Provenance, Source, Wheel
from qualify.core.data import Column, Split, digest
from qualify.core.event import Event
from qualify.core.matrix import Lane
from qualify.core.plan import Cell, Plan
from qualify.core.verdict import Ask, Status, Verdict
from qualify.judging.evidence import Evidence

LANE = Lane("3.11")


@dataclass
class TickingClock:
    """A second later at every look."""

    ticks: int = 0

    def now(self) -> str:
        """The next second."""
        self.ticks += 1
        return f"2025-01-01T00:{self.ticks // 60:02}:{self.ticks % 60:02}+00:00"


@dataclass
class MemoryLedger:
    """A ledger in a list."""

    written: list[Event] = field(default_factory=list)

    def append(self, *events: Event) -> None:
        """Write."""
        self.written.extend(events)

    def events(self) -> list[Event]:
        """Read."""
        return list(self.written)

    def kinds(self) -> list[str]:
        """The names of the events, in order."""
        return [e.event for e in self.written]


Script = Callable[[Training], Outcome]


def succeed(_: Training) -> Outcome:
    """Every training succeeds."""
    return Outcome.OK


def steady(_: Training) -> dict[str, float]:
    """Every training measures the same."""
    return {"log_loss": 0.3}


def of_its_arm(training: Training) -> str:
    """Each arm predicts its own at every seed."""
    return f"{training.arm}-{training.seed}"


@dataclass
class ScriptedTrainer:
    """Gives each training the outcome that the script says, and remembers what it was asked."""

    script: Script = succeed
    measure: Callable[[Training], dict[str, float]] = steady
    predict: Callable[[Training], str] = of_its_arm
    asked: list[Training] = field(default_factory=list)
    tidied: list[Attempt] = field(default_factory=list)

    def train(self, training: Training, build: Build, environment: Environment) -> Attempt:
        """Train nothing."""
        self.asked.append(training)
        outcome = self.script(training)
        ok = outcome is Outcome.OK
        return Attempt(
            cell=training.cell,
            arm=training.arm,
            seed=training.seed,
            number=training.number,
            training=self.digest(training, environment),
            outcome=outcome,
            data=f"data-{training.seed}",
            predictions=self.predict(training) if ok else None,
            metrics=self.measure(training) if ok else {},
            message="" if ok else f"{outcome.value} happened",
            signature="" if ok else outcome.value,
            log=f"trainings/{training.arm}-{training.seed}-{training.number}/log.txt",
            log_tail=() if ok else ("the last line",),
        )

    def digest(self, training: Training, environment: Environment) -> str:
        """Name what goes in."""
        wheel = (environment.wheel_sha256, environment.lock)
        return digest([replace(training, arm="candidate", number=1), wheel])

    def tidy(self, attempt: Attempt) -> None:
        """Remember."""
        self.tidied.append(attempt)

    @property
    def order(self) -> list[tuple[str, int]]:
        """The arm and seed of every training, in order."""
        return [(t.arm, t.seed) for t in self.asked]


class OneDataset:
    """Two rows to train on, two to test."""

    def names(self) -> Sequence[str]:
        """Its name."""
        return ["wine"]

    def split(self, dataset: str, key: int) -> Split:
        """The same rows whatever the key."""
        column = Column("x", "numeric", (0.0, 1.0))
        return Split((column,), (0.0, 1.0), (column,), (0.0, 1.0))


@dataclass
class CountingJudge:
    """Decides `status` once so many seeds were trained, and asks for the next until then."""

    after: int = 1
    status: Status = Status.PASSED
    seen: list[Evidence] = field(default_factory=list)

    def __call__(self, evidence: Evidence) -> Verdict:
        """Count."""
        self.seen.append(evidence)
        seed = len({a.seed for a in evidence.attempts})
        trainings = len(evidence.attempts) + len(evidence.fresh)
        if seed >= self.after:
            return Verdict(self.status, "X001", "counted", trainings=trainings)
        both = (Ask("candidate", seed), Ask("baseline", seed))
        asks = both if evidence.side_by_side else both[:1]
        return Verdict(Status.RUNNING, "X001", "counting", asks=asks)


def canary(**changes: object) -> Canary:
    """A canary on the only dataset."""
    judged = (Judged("log_loss", 0.02),)
    made = Canary("wine", "wine", "multiclass", Budget(iterations=1), judged, "tabular")
    return replace(made, **changes)  # type: ignore[arg-type]


def cell(name: str = "wine", stage: str = "main", lane: Lane | None = LANE, **rest: object) -> Cell:
    """A cell; one of the main stage trains a canary."""
    trained = canary(name=name) if stage == "main" else None
    made = Cell("quality", name, lane, f"{name}[{lane}]", stage, trained)
    return replace(made, **rest)  # type: ignore[arg-type]


def build(name: str = "candidate", *lanes: Lane, **changes: object) -> Build:
    """A build with an environment on each lane."""
    source = Source("tree", f"./{name}", f"identity-{name}", f"/{name}")
    made = Provenance(f"./{name}", "tree", None, name, "3.11.7", "Linux", "", "0.1", "2025-01-01")
    environments = {
        str(lane): Environment(str(lane), "python", "3.11.7", f"sha-{name}", ("a==1",), (), "uv")
        for lane in lanes or (LANE,)
    }
    wheel = Wheel(f"{name}.whl", f"sha-{name}", "tinyml", "1.0")
    result = Build(name, "tinyml", source, made, wheel, None, environments)
    return replace(result, **changes)  # type: ignore[arg-type]


def plan(*cells: Cell, **changes: object) -> Plan:
    """A plan of these cells, all selected."""
    names = tuple(c.id for c in cells)
    made = Plan("B0001", "tinyml", "a.py", "baselines", "./new", "./old", "code", cells, names)
    return replace(made, **changes)  # type: ignore[arg-type]
