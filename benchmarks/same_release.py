"""False alarms of the whole machinery: each package's release against itself, all suites, twice.

`python -m benchmarks.same_release [PACKAGE …] [--quick] [--decided] [--json]` qualifies, for each
of seven packages, a release as the candidate and the very same release as the baseline, on two
lanes, and then once more with every training done anew. Nothing differs, so every red cell is a
false alarm.

It runs the tool's own command in folders of `.qualify/same_release`, prints its lines to stderr,
and keeps each decision there: what was decided is not run again, what was interrupted goes on, and
`--decided` runs nothing and counts what was decided. A round took 7 to 35 minutes on two
processors; `--quick` takes FLAML's smoke suite alone. The bound takes cells as independent, which
a deterministic cell's second round is not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks._report import Goal, at_most, table
from qualify.core.verdict import Status
from qualify.stats.rates import Count

WORK = Path(".qualify") / "same_release"
ROUNDS = (1, 2)
DECIDED = (0, 1, 3)  # ship, hold, inconclusive: docs/reference/exit-codes.md
LIMIT = 0.01
"""The share of red cells that even the bound must stay below."""
_CONFIG = """\
[target]
name = "{name}"
adapter = "{name}"
earlier = ["{distribution}=={earlier}"]

[lanes]
modes = ["locked", "free"]

[paths]
suites = "../../../suites"
"""


@dataclass(frozen=True)
class Package:
    """An adapter, its package's newest release and the release before it."""

    name: str
    distribution: str
    newest: str
    earlier: str


PACKAGES = (
    Package("flaml", "flaml", "2.7.0", "2.6.0"),
    Package("sklearn_reference", "scikit-learn", "1.9.1", "1.9.0"),
    Package("mljar", "mljar-supervised", "1.3.2", "1.3.1"),
    Package("evalml", "evalml", "0.84.0", "0.83.0"),
    Package("autogluon", "autogluon.tabular", "1.6.3", "1.6.2"),
    Package("tpot", "TPOT", "1.1.0", "1.0.0"),
    Package("lightautoml", "lightautoml", "0.4.2", "0.4.1"),
)
NAMES = [package.name for package in PACKAGES]


def qualified(package: Package, number: int, select: Sequence[str]) -> dict[str, Any]:
    """Qualify a release against itself, or read what was decided before."""
    kept = _kept(package, number, quick=bool(select))
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        decided = _run(package, kept.with_suffix(""), select)
        kept.write_text(decided, encoding="utf-8")
    decision: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return decision


def _kept(package: Package, number: int, *, quick: bool) -> Path:
    """Where a round's decision is kept."""
    return WORK / package.name / f"decided-{number}{'-quick' if quick else ''}.json"


def _run(package: Package, folder: Path, options: Sequence[str]) -> str:
    """Run a round in a folder of its own, so that nothing is kept from the round before."""
    config = folder.with_name("qualify.toml")
    config.write_text(_CONFIG.format(**asdict(package)), encoding="utf-8")
    build = f"{package.distribution}=={package.newest}"
    command = [sys.executable, "-m", "qualify", "run", "--config", str(config), "--json"]
    places = ["--work", str(folder), "--candidate", build, "--baseline", build]
    ended = subprocess.run([*command, *places, *options], stdout=subprocess.PIPE, check=False)
    if ended.returncode not in DECIDED:
        raise SystemExit(ended.returncode)
    return ended.stdout.decode()


def counted(decision: dict[str, Any]) -> tuple[Count, list[str]]:
    """Count the red cells among the judged ones, and name them."""
    cells: dict[str, str] = decision["cells"]
    red = [cell for cell, status in cells.items() if Status(status).red]
    return Count(len(red), sum(status != "skipped" for status in cells.values())), red


def _chosen(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="FLAML's smoke suite alone")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--decided", action="store_true", help="count what ran before, run nothing")
    chosen = parser.parse_args(arguments)
    if unknown := sorted(set(chosen.packages) - set(NAMES)):
        parser.error(f"no package {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was not run yet, and say how many cells were red."""
    chosen = _chosen(arguments)
    wanted = ["flaml"] if chosen.quick else chosen.packages or NAMES
    select = ["--select", "smoke/*"] if chosen.quick else []
    rounds = [
        (package, number, qualified(package, number, select))
        for number in ROUNDS
        for package in PACKAGES
        if package.name in wanted
        and (not chosen.decided or _kept(package, number, quick=chosen.quick).exists())
    ]
    if not rounds:
        raise SystemExit("nothing was decided yet: leave out --decided")
    goals = [_goal([decision for *_, decision in rounds])]
    if chosen.json:
        runs = [_told(*each) for each in rounds]
        print(json.dumps({"goals": [asdict(goal) for goal in goals], "runs": runs}, indent=2))
    else:
        Console().print(table("a release against itself", goals))


def _goal(decisions: Sequence[dict[str, Any]]) -> Goal:
    counts = [counted(decision)[0] for decision in decisions]
    total = Count(sum(c.failed for c in counts), sum(c.total for c in counts))
    return at_most("red cells of a release against itself", total, LIMIT)


def _told(package: Package, number: int, decision: dict[str, Any]) -> dict[str, Any]:
    return {
        "package": package.distribution,
        "release": package.newest,
        "round": number,
        "decision": decision["decision"],
        "counts": dict(Counter(decision["cells"].values())),
        "trainings": decision["trainings"],
        "red": counted(decision)[1],
    }


if __name__ == "__main__":
    main()
