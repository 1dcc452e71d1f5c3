"""Run one training in the candidate's environment; the standard library only.

Usage: python trainer.py REQUEST.json

The process reads features and training labels, hands them to an adapter and leaves
`result.json`, `predictions.json`, `observations.jsonl` and the folder `model` in the request's
`out` folder. Nothing here imports the harness, and nothing here is believed beyond what the parent
can check.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

PREDICT_ROWS = 1000


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere the guardian's limit holds.

    A parent that died before it could be asked is no longer ours: then this process ends itself.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def peak_rss_mb() -> float:
    """Peak resident memory in MB. VmHWM, unlike ru_maxrss, does not inherit the parent's peak."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    line = next(row for row in status.splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


class Stopwatch:
    """CPU seconds of this process, by named step."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}

    def time(self, step: str, function: Any, *arguments: Any) -> Any:
        """Call the function and add what it took to the step."""
        begin = time.process_time()
        value = function(*arguments)
        self.cpu[step] = self.cpu.get(step, 0.0) + time.process_time() - begin
        return value


def load_file(path: str) -> Any:
    """Import one file: the adapter, or a probe."""
    spec = importlib.util.spec_from_file_location(f"qualify_{Path(path).stem}", path)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def training_data(request: dict[str, Any]) -> tuple[list[dict[str, Any]], list[float]]:
    """Read the training rows' columns and labels."""
    data = json.loads(Path(request["train"]).read_text())
    return data["columns"], [float("nan") if y is None else y for y in data["labels"]]


def fit_or_load(request: dict[str, Any], adapter: Any, watch: Stopwatch) -> Any:
    """Give a model: fitted and saved, or loaded from an earlier training's folder."""
    if request["reload"]:
        return watch.time("load", adapter.load, Path(request["reload"]))
    columns, labels = training_data(request)
    table = adapter.table(columns)
    model = watch.time("fit", adapter.fit, table, labels, request["settings"])
    folder = Path(request["out"]) / "model"
    folder.mkdir()
    watch.time("save", adapter.save, model, folder)
    return model


def predict(request: dict[str, Any], adapter: Any, model: Any, watch: Stopwatch) -> dict[str, Any]:
    """Predict the test rows, again until a thousand rows were timed."""
    columns = json.loads(Path(request["test"]).read_text())["columns"]
    rows = len(columns[0]["values"])
    task = request["settings"]["task"]
    values = adapter.predict(model, adapter.table(columns), task)
    repeats = -(-PREDICT_ROWS // rows)
    for _ in range(repeats):
        watch.time("predict", lambda: adapter.predict(model, adapter.table(columns), task))
    (Path(request["out"]) / "predictions.json").write_text(json.dumps(values))
    return {"timed_rows": repeats * rows}


def observe(request: dict[str, Any], adapter: Any) -> None:
    """Run a probe's experiments that were not seen before, each recorded before the next begins."""
    columns, labels = training_data(request) if request["train"] else ([], [])
    test = json.loads(Path(request["test"]).read_text())["columns"] if request["test"] else []
    tools = load_file(str(Path(__file__).with_name("bench.py")))
    bench = tools.Bench(adapter, columns, labels, test, request["settings"], Path(request["out"]))
    probe = load_file(request["probe"])
    with (Path(request["out"]) / "observations.jsonl").open("a") as out:
        tools.perform(probe, bench, request["skip"], out)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Import, fit or load, predict; returns what the parent may read."""
    watch = Stopwatch()
    adapter = load_file(request["adapter"])
    watch.time("import", adapter.start)
    report: dict[str, Any] = {"timed_rows": 0}
    if request["action"] == "probe":
        observe(request, adapter)
    elif request["action"] != "import":
        model = fit_or_load(request, adapter, watch)
        report = predict(request, adapter, model, watch)
    return {**report, "ok": True, "cpu": watch.cpu, "peak_rss_mb": peak_rss_mb()}


def failure(error: BaseException) -> dict[str, Any]:
    """Describe an exception; frames without paths, so that equal failures compare equal."""
    frames = traceback.extract_tb(error.__traceback__)
    stack = [f"{Path(f.filename).name}:{f.name}" for f in frames]
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    return {"ok": False, "type": type(error).__name__, "message": message[:4000], "stack": stack}


def main(path: str) -> int:
    """Write result.json last and whole; the exit code says whether the training succeeded."""
    request = json.loads(Path(path).read_text())
    die_with_parent(request["parent"])
    # What a shell starts in the background ignores interrupts, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = run(request)
    except Exception as error:  # noqa: BLE001  (whatever the candidate raises is its result)
        traceback.print_exc()
        result = failure(error)
    target = Path(request["out"]) / "result.json"
    part = target.with_suffix(".part")
    part.write_text(json.dumps(result))
    part.replace(target)
    sys.stdout.flush()
    sys.stderr.flush()
    # What the candidate registered with atexit has no say in how this ends.
    os._exit(0 if result["ok"] else 1)


if __name__ == "__main__":
    # Isolated mode would do this, too, and ignore the hash seed: our own modules are no one's.
    sys.path[:] = [entry for entry in sys.path if Path(entry) != Path(__file__).parent]
    main(sys.argv[1])
