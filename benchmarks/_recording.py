"""What a recording of trainings is asked for, and its rows on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks import replays
from benchmarks.replays import Mode, Row
from qualify.core.attempt import Attempt
from qualify.core.canary import Canary


class Turn(NamedTuple):
    """One training that is asked for."""

    mode: Mode
    canary: Canary
    seed: int
    arm: str

    @property
    def key(self) -> tuple[str, str, int, str]:
        """The key of its row."""
        return self.canary.name, self.mode, self.seed, self.arm


@dataclass(frozen=True)
class Asked:
    """What to record: every arm, canary and seed."""

    arms: tuple[str, ...]
    canaries: tuple[tuple[Mode, Canary], ...]
    seeds: int

    def turns(self) -> Iterator[Turn]:
        """Every training in the order in which it is run."""
        for seed in range(self.seeds):
            for number, (mode, canary) in enumerate(self.canaries):
                first = (seed + number) % len(self.arms)
                for arm in (*self.arms[first:], *self.arms[:first]):
                    yield Turn(mode, canary, seed, arm)


class Recording:
    """The rows so far, on disk as soon as they are there; the same command resumes."""

    def __init__(self, path: Path, asked: Asked) -> None:
        """Read what an earlier, interrupted command left; ends its unfinished line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        wanted = {turn.key for turn in asked.turns()}
        known = replays.read(path) if path.exists() else []
        self.rows = {row.key: row for row in known if row.key in wanted}
        path.write_text(replays.lines(known), encoding="utf-8")

    def add(self, row: Row) -> None:
        """Append a row."""
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(replays.lines([row], heading=False))
        self.rows[row.key] = row


def row_of(turn: Turn, attempt: Attempt) -> Row:
    """Keep of an attempt what is replayed."""
    return Row(
        canary=turn.canary.name,
        mode=turn.mode,
        seed=turn.seed,
        arm=turn.arm,
        outcome=attempt.outcome.value,
        metric=turn.canary.metrics[0].name,
        scores={n: attempt.metrics[n] for n in replays.SCORES if n in attempt.metrics},
        cpu_s=attempt.metrics.get("fit_seconds", float("nan")),
        predictions=(attempt.predictions or "")[:16],
    )
