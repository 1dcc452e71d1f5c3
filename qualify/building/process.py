"""Run a tool: its output in a log on disk, a wall limit, and no process left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_PLAIN = {"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "TZ"}
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy"}
_SSL = {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"}
_PREFIXES = ("PIP_", "UV_", "LC_", "XDG_")
_SECRET = re.compile(r"TOKEN|PASSWORD|SECRET|_KEY\b|PUBLISH", re.IGNORECASE)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_TELLING = re.compile(
    r"error|exception|fail|cannot|could not|no space|not found|no such|because|require|×|╰|hint",
    re.IGNORECASE,
)
_CHATTER = re.compile(r'\s*(File "|TIP )')
_LINES = 8
_WIDTH = 300
_TAIL = 64 * 1024
_POLL_S = 0.2
_GRACE_S = 3
_LOG_LIMIT = 64 * 1024**2


@dataclass(frozen=True)
class Ran:
    """How a tool ended: `code` is None when it was killed at the limit."""

    code: int | None
    log: Path
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it said that all went well."""
        return self.code == 0

    @property
    def text(self) -> str:
        """The end of the log, without colours and credentials."""
        with self.log.open("rb") as stream:
            stream.seek(max(0, self.log.stat().st_size - _TAIL))
            return clean(stream.read().decode("utf-8", "replace"))

    @property
    def telling(self) -> tuple[str, ...]:
        """The last lines that speak of an error, or the last lines where none does."""
        lines = [line.rstrip()[:_WIDTH] for line in self.text.splitlines() if line.strip()]
        errors = [x for x in lines if _TELLING.search(x) and not _CHATTER.match(x)]
        return tuple((errors or lines)[-_LINES:])


def run(
    command: Sequence[str | Path],
    log: Path,
    timeout: float,
    extra: Mapping[str, str] | None = None,
) -> Ran:
    """Run a tool in a scrubbed environment and an empty folder, appending its output to `log`.

    Its process tree is killed at the limit, when the log grows beyond 64 MiB, and when the
    caller is interrupted. Raises OSError when it cannot be started or the log not be written.
    """
    start = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream, tempfile.TemporaryDirectory() as empty:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=empty,
            env={**scrubbed(os.environ), **(extra or {})},
            start_new_session=True,
        )
        try:
            code = _wait(child, log, start + timeout)
        finally:
            _kill(child)
    return Ran(code, log, time.monotonic() - start)


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """Only what package tools need: no tokens, no CI variables, no PYTHON* settings."""
    return {name: value for name, value in environment.items() if _allowed(name)}


def clean(text: str) -> str:
    """The text without ANSI sequences, control characters and credentials in addresses."""
    return _CREDENTIALS.sub("***@", _ANSI.sub("", text))


def _allowed(name: str) -> bool:
    if _SECRET.search(name):
        return False
    known = name in _PLAIN or name in _SSL or name.lower() in _PROXIES
    return known or name.startswith(_PREFIXES)


def _wait(child: subprocess.Popen[bytes], log: Path, deadline: float) -> int | None:
    while time.monotonic() < deadline and log.stat().st_size < _LOG_LIMIT:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(min(_POLL_S, max(0.0, deadline - time.monotonic())))
    return child.poll()


def _kill(child: subprocess.Popen[bytes]) -> None:
    family: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(child.pid).children(recursive=True)
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if child.poll() is None:
        child.kill()
    child.wait()
    psutil.wait_procs(family, timeout=_GRACE_S)
