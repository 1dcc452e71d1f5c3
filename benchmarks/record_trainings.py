"""Record real trainings of FLAML releases, for the benchmarks to replay.

`python -m benchmarks.record_trainings` builds each release, trains every canary with every seed in
both modes, and writes `benchmarks/data/flaml.csv` with a card beside it that says how. A release
named by --again is trained a second time with the same seeds, as a build that has not changed.

Trainings run one at a time. The arms take turns at every seed and each seed begins with another
arm, so what a neighbour does to the machine falls on all of them alike.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks import replays
from benchmarks._recording import Asked, Recording, row_of
from benchmarks._warm import WarmTrainer
from benchmarks.replays import AGAIN, DATA, MODES, Mode
from qualify.building.files import write_atomic, write_json
from qualify.building.provenance import cpu_model
from qualify.config import CURRENT, Config
from qualify.core.attempt import Training
from qualify.core.canary import Canary
from qualify.core.candidate import BuildFailure, Environment
from qualify.core.data import digest
from qualify.core.errors import CandidateError, QualifyError
from qualify.core.matrix import Lane
from qualify.datasets.splits import BundledDatasets
from qualify.running.suitefile import read_suite
from qualify.wiring import Context, SystemClock

ROOT = Path(__file__).parents[1]
ADAPTER = ROOT / "qualify" / "adapters" / "flaml.py"
LOCK = ROOT / "baselines" / "flaml" / "constraints.txt"
RELEASES = ("2.2.0", "2.3.6", "2.6.0", "2.7.0")
QUICK_SEEDS = 3
_RELEASES = "Releases to train; may be given several times."
_AGAIN = "Releases to train a second time with the same seeds."
_CANARIES = "The folder of iterations.toml and seconds.toml. Default: benchmarks/data."
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_OUT = "The file of rows; its card goes beside it. Default: benchmarks/data/flaml.csv."
_SEEDS = "Seeds 0 to N - 1, for the split and the search."
_WORK = "Where builds, environments and unfinished recordings are kept. Default: .qualify."


def environments(work: Path, releases: Iterable[str]) -> dict[str, Environment]:
    """Build each release's wheel and make its environment; raises CandidateError."""
    context = Context(Config.model_validate({"paths": {"work": str(work)}}), ROOT, click.echo)
    return {release: _environment(context, release) for release in releases}


def _environment(context: Context, release: str) -> Environment:
    lock = [line for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    wheel = context.builder().build(context.fetcher().fetch(f"flaml=={release}"))
    made = (
        wheel
        if isinstance(wheel, BuildFailure)
        else context.installer().install(wheel, Lane(CURRENT), lock)
    )
    if isinstance(made, BuildFailure):
        raise CandidateError(f"flaml=={release}: {made.reason}", f"see {made.log}")
    return made


def record(asked: Asked, made: dict[str, Environment], work: Path) -> Recording:
    """Train what is not recorded yet, one training at a time."""
    recording = Recording(work / f"rows-{_how(asked)}.csv", asked)
    turns = [turn for turn in asked.turns() if turn.key not in recording.rows]
    datasets = BundledDatasets()
    with ExitStack() as stack:
        trainers = {
            arm: stack.enter_context(
                closing(WarmTrainer(made[arm.removesuffix(AGAIN)], ADAPTER, work / "warm" / arm))
            )
            for arm in (asked.arms if turns else ())
        }
        begin = time.monotonic()
        for done, turn in enumerate(turns, start=1):
            split = datasets.split(turn.canary.dataset, turn.seed)
            training = Training(turn.canary.name, "candidate", turn.canary, turn.seed)
            recording.add(row_of(turn, trainers[turn.arm].train(training, split)))
            if done % 50 == 0 or done == len(turns):
                left = (time.monotonic() - begin) / done * (len(turns) - done) / 60
                click.echo(f"[{done}/{len(turns)}] seed {turn.seed}, about {left:.0f} min left")
    return recording


def _how(asked: Asked) -> str:
    """Name what the rows of one file have in common, so that no two budgets are mixed."""
    canaries = [(mode, _asked(canary)) for mode, canary in asked.canaries]
    return digest([canaries, ADAPTER.read_text(), LOCK.read_text()])[:12]


def card(asked: Asked, made: dict[str, Environment]) -> dict[str, Any]:
    """Say how the rows were made: versions, wheels, locks, budgets, machine and date."""
    return {
        "recorded": SystemClock().now(),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "platform": platform.platform()},
        "threads": 1,
        "seeds": asked.seeds,
        "arms": asked.arms,
        "canaries": [{"mode": mode, **_asked(canary)} for mode, canary in asked.canaries],
        "releases": {
            release: {
                "wheel_sha256": environment.wheel_sha256,
                "python": environment.python_version,
                "lock": environment.lock,
            }
            for release, environment in made.items()
        },
    }


def _asked(canary: Canary) -> dict[str, Any]:
    """What of a canary a training depends on, and how it is judged."""
    kept = ("name", "dataset", "task", "budget", "metrics", "options")
    return {key: value for key, value in asdict(canary).items() if key in kept}


def _canaries(folder: Path) -> tuple[tuple[Mode, Canary], ...]:
    """Read one file of canaries a mode; raises SuiteError."""
    names = BundledDatasets().names()
    return tuple(
        (mode, canary) for mode in MODES for canary in read_suite(folder / f"{mode}.toml", names)
    )


@click.command()
@click.option(
    "--release", "releases", multiple=True, default=RELEASES, show_default=True, help=_RELEASES
)
@click.option("--again", multiple=True, default=("2.6.0",), show_default=True, help=_AGAIN)
@click.option("--canaries", type=_FOLDER, default=DATA.parent, help=_CANARIES)
@click.option("--seeds", type=click.IntRange(min=2), default=100, show_default=True, help=_SEEDS)
@click.option("--quick", is_flag=True, help=f"{QUICK_SEEDS} seeds, written to the work folder.")
@click.option("--work", type=click.Path(path_type=Path), default=ROOT / ".qualify", help=_WORK)
@click.option("--out", type=click.Path(path_type=Path), default=DATA, help=_OUT)
def main(
    *,
    releases: tuple[str, ...],
    again: tuple[str, ...],
    canaries: Path,
    seeds: int,
    quick: bool,
    work: Path,
    out: Path,
) -> None:
    """Record real trainings of FLAML releases, for the benchmarks to replay.

    An interrupted recording resumes with the same command.

    \b
    Examples:
      python -m benchmarks.record_trainings --quick
      nice python -m benchmarks.record_trainings --seeds 100
    """  # noqa: D301
    work = work.resolve()
    arms = (*releases, *(release + AGAIN for release in again))
    asked = Asked(arms, _canaries(canaries), QUICK_SEEDS if quick else seeds)
    try:
        made = environments(work, dict.fromkeys((*releases, *again)))
        recording = record(asked, made, work / "recordings" / "benchmarks")
    except QualifyError as error:
        raise click.ClickException(f"{error.message}\n{error.remedy}") from error
    target = work / "recordings" / "benchmarks" / out.name if quick else out
    rows = sorted(recording.rows.values(), key=lambda row: row.key)
    write_atomic(target, replays.lines(rows).encode())
    write_json(target.with_suffix(".json"), card(asked, made))
    click.echo(f"{len(rows)} trainings in {target}")


if __name__ == "__main__":
    main()
