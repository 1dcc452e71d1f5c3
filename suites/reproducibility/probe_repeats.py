"""What may change while the model must not: the process, its hashes, what it did before.

Every fit is of one family, where the package can be limited to one: a search that weighs families
by the time each took has the clock for a second seed.
"""

from __future__ import annotations

import functools
import json
import os
import pickle
import random
import subprocess
import sys
from typing import Any

FITS = False

_CHILD = """
import importlib.util, json, pathlib, sys
sys.path.pop(0)
given = json.loads(pathlib.Path(sys.argv[1]).read_text())
spec = importlib.util.spec_from_file_location("adapter", given["adapter"])
adapter = importlib.util.module_from_spec(spec)
sys.modules["adapter"] = adapter
spec.loader.exec_module(adapter)
adapter.start()
model = adapter.fit(adapter.table(given["columns"]), given["labels"], given["settings"])
found = adapter.predict(model, adapter.table(given["test"]), given["settings"]["task"])
pathlib.Path(sys.argv[2]).write_text(json.dumps(list(found)))
"""


def after_other_work(bench: Any) -> float:
    """Another seed on other rows is fitted in between."""
    first = _first(bench)
    half = list(range(0, len(bench.labels), 2))
    labels = [bench.labels[i] for i in half]
    _fit(bench, bench.tools.rows(bench.columns, half), labels, seed=17)
    return bench.tools.distance(_predicted(bench), first)


def reseeded(bench: Any) -> float:
    """The program's own generators stand elsewhere."""
    import numpy as np

    first = _first(bench)
    random.seed(17)
    np.random.seed(17)  # noqa: NPY002  (the generator that programs share)
    return bench.tools.distance(_predicted(bench), first)


def fresh_process(bench: Any) -> float:
    """The same fit in another process, which did nothing before."""
    return bench.tools.distance(_elsewhere(bench, 1), _first(bench))


def hash_seed(bench: Any) -> float:
    """The same fit in two processes with different hashes of strings."""
    return bench.tools.distance(_elsewhere(bench, 1), _elsewhere(bench, 2))


def pickled(bench: Any) -> float:
    """The model is pickled and read again."""
    again = pickle.loads(pickle.dumps(_model(bench)))  # noqa: S301  (its own)
    return bench.tools.distance(bench.predict(again), _first(bench))


def saved_twice(bench: Any) -> float:
    """The model is saved, loaded, saved from there and loaded again."""
    model = _model(bench)
    for name in ("once", "twice"):
        folder = bench.folder / name
        folder.mkdir()
        bench.adapter.save(model, folder)
        model = bench.adapter.load(folder)
    return bench.tools.distance(bench.predict(model), _first(bench))


@functools.cache
def _model(bench: Any) -> Any:
    return _fit(bench)


@functools.cache
def _first(bench: Any) -> list[Any]:
    return bench.predict(_model(bench))


def _predicted(bench: Any) -> list[Any]:
    return bench.predict(_fit(bench))


def _fit(bench: Any, columns: Any = None, labels: Any = None, **settings: Any) -> Any:
    return bench.fit(columns, labels, **{**bench.one_family, **settings})


@functools.cache
def _elsewhere(bench: Any, hashes: int) -> list[Any]:
    request = bench.folder / f"elsewhere-{hashes}.json"
    answer = bench.folder / f"answer-{hashes}.json"
    given = {"adapter": bench.adapter.__file__, "columns": bench.columns, "labels": bench.labels}
    given |= {"test": bench.test, "settings": {**bench.settings, **bench.one_family}}
    request.write_text(json.dumps(given))
    command = [sys.executable, "-s", "-c", _CHILD, str(request), str(answer)]
    variables = {**os.environ, "PYTHONHASHSEED": str(hashes)}
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if ended.returncode:
        last = (ended.stderr.strip() or "no word").splitlines()[-1]
        raise RuntimeError(f"another process could not fit: {last}")
    return json.loads(answer.read_text())
