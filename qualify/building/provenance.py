"""The one row that says where a build's results come from."""

from __future__ import annotations

import platform
from pathlib import Path

from qualify import __version__
from qualify.core.candidate import Provenance, Source

_CPUINFO = Path("/proc/cpuinfo")


def provenance(source: Source, sha256: str | None, now: str) -> Provenance:
    """Describe a source, its wheel's digest and this machine; `now` is UTC, ISO 8601."""
    return Provenance(
        source=source.spec,
        kind=source.kind,
        commit=source.commit,
        sha256=sha256,
        python=platform.python_version(),
        platform=platform.platform(),
        cpu=cpu_model(),
        harness=__version__,
        time=now,
    )


def cpu_model(cpuinfo: Path = _CPUINFO) -> str:
    """The processor's name; its architecture where the machine does not tell more."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
