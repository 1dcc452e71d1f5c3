"""What an import does beside importing, seen in a fresh process by Python's audit hooks.

The file is both: the experiments, and (run as a script) the process that they watch.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import warnings
from functools import lru_cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

FITS = False

_LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOPBACK = ("", "localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104  (nothing is bound)
_STARTS = (
    "subprocess.Popen",
    "os.posix_spawn",
    "os.fork",
    "os.forkpty",
    "os.system",
    "os.exec",
)
_ANNOUNCED = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, SyntaxWarning)
_PLUMBING = ("__main__", "importlib", "qualify_adapter")
_WAIT_S = 100


def seconds(bench: Any) -> float:  # noqa: ARG001  (an experiment takes a bench)
    """CPU seconds of this process so far: the interpreter's start and the import."""
    return time.process_time()


def version(bench: Any) -> str | None:
    """What the module says its version is."""
    said = getattr(import_module(bench.adapter.MODULE), "__version__", None)
    return None if said is None else str(said)


def contacted(bench: Any) -> list[str]:
    """Hosts other than this one that were looked up or sent to."""
    return list(_watched(bench)["contacted"])


def started(bench: Any) -> list[str]:
    """Processes and threads."""
    return list(_watched(bench)["started"])


def written(bench: Any) -> list[str]:
    """Files that are there afterwards, outside the user's folder for caches."""
    return list(_watched(bench)["written"])


def warned(bench: Any) -> list[str]:
    """Warnings of the package's own modules that announce an error of a later release."""
    return list(_watched(bench)["warned"])


def declared(bench: Any) -> dict[str, Any]:
    """Import with nothing in reach that the package does not declare, installed or not."""
    hidden = sorted(_installed() - _closure(bench.adapter.DISTRIBUTION))
    modules = _modules_of(hidden) & set(_watched(bench)["modules"])
    # What an import in full view did not touch need not be hidden from it.
    error = _fresh(bench, "declared", *sorted(modules))["error"] if modules else ""
    return {"undeclared": hidden, "error": error}


def _watched(bench: Any) -> dict[str, Any]:
    """What an import as a user does it did; all experiments look at the same one."""
    seen = _fresh(bench, "watched")
    if seen["error"]:
        raise ImportError(seen["error"])
    return seen


@lru_cache(maxsize=2)
def _fresh(bench: Any, mode: str, *hidden: str) -> dict[str, Any]:
    """Run this file in another process of the same interpreter, with an empty home."""
    home = Path(bench.folder).resolve() / f"home_{mode}"
    home.mkdir()
    report = home.with_suffix(".json")
    request = {
        "adapter": bench.adapter.__file__,
        "module": bench.adapter.MODULE,
        "mode": mode,
        "hidden": hidden,
        "report": str(report),
    }
    subprocess.run(
        [sys.executable, "-I", "-B", __file__, json.dumps(request)],
        cwd=home,
        env={
            **os.environ,
            "HOME": str(home),
            "TMPDIR": str(home),
            # Matplotlib lists a machine's fonts once, in a process; here it has done so.
            "MPLCONFIGDIR": str(Path.home() / ".cache" / "matplotlib"),
        },
        stdin=subprocess.DEVNULL,
        timeout=_WAIT_S,
        check=True,
    )
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def _distributions() -> list[metadata.Distribution]:
    """What is installed here; not what a distribution carries within it, as setuptools does."""
    paths = sysconfig.get_paths()
    return list(metadata.distributions(path=[*{paths["purelib"], paths["platlib"]}]))


def _installed() -> set[str]:
    return {_canonical(d.metadata["Name"]) for d in _distributions()}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _closure(distribution: str) -> set[str]:
    """What installing a distribution by its name brings with it, of what is installed here."""
    found: set[tuple[str, str]] = set()
    wanted = [(_canonical(distribution), "")]
    while wanted:
        name, extra = one = wanted.pop()
        if one not in found and name in _installed():
            found.add(one)
            wanted += _required(name, extra)
    return {name for name, _ in found}


def _required(name: str, extra: str) -> list[tuple[str, str]]:
    """The (name, extra) pairs that a distribution asks for, with that extra or without any.

    Markers of platforms are not read: what they leave out is not installed here.
    """
    pairs = []
    for line in metadata.requires(name) or []:
        text, _, marker = line.partition(";")
        asked = set(map(_canonical, re.findall(r"extra\s*==\s*['\"]([^'\"]+)", marker))) or {""}
        of = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", text)
        if of and extra in asked:
            extras = [_canonical(e.strip()) for e in (of[2] or "").split(",") if e.strip()]
            pairs += [(_canonical(of[1]), e) for e in ("", *extras)]
    return pairs


def _modules_of(hidden: list[str]) -> set[str]:
    """The top-level modules that nothing but hidden distributions provides."""
    mine: set[str] = set()
    others: set[str] = set()
    for distribution in _distributions():
        away = _canonical(distribution.metadata["Name"]) in hidden
        (mine if away else others).update(_tops(distribution))
    return mine - others


def _tops(distribution: metadata.Distribution) -> set[str]:
    files = (f for f in distribution.files or [] if f.suffix in (".py", ".so", ".pyd"))
    return {f.parts[0].partition(".")[0] for f in files}


class Hidden:
    """A finder that finds what is hidden to be missing."""

    def __init__(self, names: list[str]) -> None:
        self.names = set(names)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:  # noqa: ARG002
        """Refuse hidden modules, know nothing of others."""
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


class Watch:
    """Collects what audit events tell of an import."""

    def __init__(self) -> None:
        self.contacted: list[str] = []
        self.started: list[str] = []
        self.opened: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note an event; the import goes on."""
        if event in _STARTS:
            self.started.append(f"a process by {_blamed()}{_command(event, arguments)}")
        elif event in _LOOKUPS and _elsewhere(arguments[0]):
            self.contacted.append(f"{_text(arguments[0])} by {_blamed()}")
        elif event in _SENDS and isinstance(arguments[1], tuple) and _elsewhere(arguments[1][0]):
            self.contacted.append(f"{_text(arguments[1][0])} by {_blamed()}")
        elif event == "open" and _for_writing(arguments):
            self.opened.append(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100

    def threads(self) -> None:
        """Note threads, too; before Python 3.12 no audit event tells of them."""
        start = threading.Thread.start

        def noted(thread: threading.Thread) -> None:
            self.started.append(f"a thread by {_blamed()}: {thread.name}")
            start(thread)

        threading.Thread.start = noted  # type: ignore[method-assign]


def _elsewhere(host: Any) -> bool:
    return host is not None and _text(host) not in (*_LOOPBACK, socket.gethostname())


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _command(event: str, arguments: tuple[Any, ...]) -> str:
    named = arguments[1] if event == "subprocess.Popen" else arguments[0] if arguments else ""
    words = named if isinstance(named, (list, tuple)) else [named]
    return f": {' '.join(map(_text, words))[:80]}" if named else ""


def _for_writing(arguments: tuple[Any, ...]) -> bool:
    path, mode, flags = arguments
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    return bool(flags & writing) if mode is None else any(c in str(mode) for c in "wax+")


def _blamed() -> str:
    """The innermost module on the stack that is neither the standard library's nor ours."""
    frame = sys._getframe(2)  # noqa: SLF001  (the documented way to look at callers)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] not in (*sys.stdlib_module_names, *_PLUMBING):
            return name
        frame = frame.f_back  # type: ignore[assignment]
    return "the standard library"


def _import(request: dict[str, Any]) -> str:
    """Import as asked; returns what went wrong."""
    try:
        if request["mode"] == "declared":
            import_module(request["module"])
        else:
            spec = importlib.util.spec_from_file_location("qualify_adapter", request["adapter"])
            adapter = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
            spec.loader.exec_module(adapter)  # type: ignore[union-attr]
            adapter.start()
    except Exception as error:  # noqa: BLE001  (whatever an import raises is what is asked for)
        return f"{type(error).__name__}: {error}"[:500]
    return ""


def _left(home: Path, opened: list[str]) -> list[str]:
    """The files that were not there before: all of the new home, and what was opened elsewhere."""
    candidates = {*map(Path, opened), *home.rglob("*")}
    kept = (p for p in candidates if p.is_file() and ".cache" not in p.parts)
    return sorted(str(p.relative_to(home) if home in p.parents else p) for p in kept)


def _own(module: str) -> tuple[str, ...]:
    """The folders of a package's own files."""
    found = sys.modules.get(module)
    return tuple(f"{folder}{os.sep}" for folder in getattr(found, "__path__", ()))


def _recompiled(own: tuple[str, ...]) -> None:
    """Compile what was imported once more: byte code on disk has swallowed its warnings."""
    for module in list(sys.modules.values()):
        file = str(getattr(module, "__file__", None) or "")
        if file.startswith(own) and file.endswith(".py"):
            compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)


def _said(warning: warnings.WarningMessage) -> str:
    place = f"{Path(warning.filename).name}:{warning.lineno}"
    return f"{warning.category.__name__} at {place}: {str(warning.message)[:120]}"


def main(request: dict[str, Any]) -> None:
    """Import, watched, and leave a report."""
    home, watch = Path.cwd(), Watch()
    sys.meta_path.insert(0, Hidden(request["hidden"]))  # type: ignore[arg-type]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        watch.threads()
        sys.addaudithook(watch)
        error = _import(request)
        seen = {name: list(dict.fromkeys(found)) for name, found in vars(watch).items()}
        own = _own(request["module"])
        _recompiled(own)
    mine = [w for w in caught if issubclass(w.category, _ANNOUNCED) and w.filename.startswith(own)]
    report = {
        "error": error,
        "contacted": seen["contacted"],
        "started": seen["started"],
        "written": _left(home, seen["opened"]),
        "warned": sorted(set(map(_said, mine))),
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    }
    Path(request["report"]).write_text(json.dumps(report))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)  # Threads of the package do not keep the process.
