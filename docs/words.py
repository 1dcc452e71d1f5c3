"""What the reference pages say of keys and codes that have no docstring of their own.

The generator raises KeyError for one that is missing here, so nothing goes undocumented.
"""

from __future__ import annotations

CONFIG: dict[str, str] = {
    "target": "The package under qualification and the two builds to compare.",
    "target.name": "Names the folder of its baselines, and whose builds share a grid.",
    "target.adapter": "An adapter by name, or the path of an adapter file.",
    "target.candidate": "What to qualify: `NAME==VERSION`, a source tree, `git+URL@REF`, an sdist "
    "or a wheel.",
    "target.baseline": "What to compare with; the same forms.",
    "target.anchor": "A version whose committed baseline the same trainings are compared with, "
    "too; it moves by review alone, so that small losses cannot add up unseen. Empty for none.",
    "target.earlier": "Releases before the baseline whose saved models must still load.",
    "target.extras": "Extras of the package to install with it.",
    "target.requirements": "What to install beside the package, in place of the adapter's list.",
    "lanes": "The axes of the grid: every combination is a lane.",
    "lanes.pythons": "Python versions; `current` is the one that runs the harness.",
    "lanes.runners": "Classes of machines.",
    "lanes.modes": "`locked` holds the baseline's dependency versions, `free` takes today's, "
    "`minimum` the oldest that the metadata allows.",
    "errors": "How often the grid may be wrong.",
    "errors.alpha": "False alarms of a whole release, shared by all of its tests.",
    "errors.beta": "The chance that one metric passes although it lost the whole margin.",
    "errors.metrics": "The part of alpha that the metric tests share.",
    "errors.failures": "The part of alpha for failures: of a cell, of all together, of the runner.",
    "errors.variance": "The part of alpha that the tests of the spread share.",
    "errors.pooled": "The part of alpha for small losses spread over all cells, and over time.",
    "paths": "Folders, relative to the configuration file.",
    "paths.suites": 'One folder of suites or several: `["suites", "../other/suites", '
    '"plugin:acme"]`.',
    "paths.baselines": "The reviewed baselines.",
    "paths.work": "Builds, environments, ledgers and the page; may be deleted at any time, with "
    "the history if it has no other place.",
    "history": "Where the bundles of judged builds are kept.",
    "history.url": "A folder, or any URL that fsspec knows; empty: `history` in the work folder.",
    "history.index": "A `postgresql://` URL for an index that many share; empty: a file beside the "
    "bundles.",
    "history.renames": "What a row, `SUITE/NAME`, is called now, so that it keeps its history.",
    "history.builds": "So many of the newest builds keep logs and raw attempts when pruned.",
    "history.days": "And so do builds of so many last days.",
    "history.remote": "Where `qualify history push` goes without a destination.",
    "history.branch": "The branch of it.",
    "jobs": "Cells side by side.",
    "installer": "What makes the environments; `auto` takes uv where it is installed.",
}

CANARY: dict[str, str] = {
    "dataset": "A name from [the datasets](datasets.md).",
    "task": "What is learnt; it must suit the dataset.",
    "budget": "How long a training may search: a [budget](#budget).",
    "metrics": "Metrics that gate, each with its margin: the smallest loss worth holding a release "
    "for. See [the metrics](metrics.md).",
    "owner": "Who looks at the cell next.",
    "about": "One line for the grid.",
    "lanes": "Globs over lanes such as `py311-cpu-locked`; `!GLOB` leaves out.",
    "interleaved": "Train the baseline side by side instead of reading stored values.",
    "cap": "The most seeds: 20, 30 or 60. Where they do not decide, the cell is inconclusive.",
    "options": "Settings for the adapter, passed on as they are.",
    "limits": "When a training is killed: [limits](#limits).",
    "needs": "Promises of the [adapter](adapters.md) without which it makes no sense; a package "
    "that does not give them skips the cell.",
    "practice": "The tests of the ML Test Score that it is [evidence for](suites.md).",
}
BUDGET: dict[str, str] = {
    "iterations": "Models tried; repeatable, so results do not depend on the machine.",
    "seconds": "Seconds of search; couples the result to the machine.",
    "share": "Where neither is given: the part of the adapter's preset, in the package's units.",
}
LIMITS: dict[str, str] = {
    "wall_s": "Wall-clock seconds until the whole process tree is killed.",
    "memory_mb": "Memory of the whole process tree.",
    "threads": "Threads of each numeric library.",
}

CODES: dict[str, str] = {
    "C000": "A check has not run yet, or runs again.",
    "C001": "The promise of a check held.",
    "C002": "The baseline breaks the promise, too.",
    "C003": "The promise was broken in every round, and the baseline keeps it.",
    "C004": "The promise was broken in some rounds and held in others.",
    "G001": "An earlier stage is not green, so nothing was trained.",
    "G002": "The candidate has no environment on the lane.",
    "I001": "The machine failed while a check ran.",
    "J001": "Another runner skipped the test.",
    "J002": "It passed at another runner.",
    "J003": "It failed and passed again at another runner.",
    "J004": "It failed no more often than in the baseline's or earlier builds' results.",
    "J005": "It failed, and nothing excuses it.",
    "J006": "It failed; the counts do not decide whether more often than before.",
    "J007": "A metric of another runner's test lost more than its margin.",
    "J008": "The evidence of a metric that another runner measured.",
    "L000": "Not decided yet.",
    "L001": "Planned, but the run left no terminal record.",
    "L002": "The harness itself failed inside the cell.",
    "L003": "The cell's dataset or suite is not what it should be.",
    "N001": "No run of this build has planned the cell yet.",
    "Q004": "A canary without metrics: its training gives a valid result, or none does.",
    "Q900": "Planned, but there is no verdict.",
    "Q901": "Skipped by the plan.",
    "R001": "A loss too small for any one cell, spread over many: one test of all cells' places.",
    "R002": "More failures than the baselines', too few in any one cell: one test of all counts.",
    "R003": "The runner failed more often under the candidate than under the baseline beside it.",
    "R004": "The baseline, trained again, differs from its stored replicates: a remark.",
    "R005": "How often predictions are bit-identical, and how often the baseline repeats itself.",
    "R006": "A metric has lost a little in each build since the anchor, and too much in all.",
    "S002": "What the check is about does not exist here.",
    "S001": "The lane is not available on this machine.",
}
