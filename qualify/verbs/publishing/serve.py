"""Serve: the page on this machine's own address, drawn anew while a run goes on.

Only this machine can ask: the server listens on the loopback address and answers no request whose
Host header names another one, so that no page of the web can read it through a name of its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from qualify.core.atlas import Atlas
from qualify.core.errors import QualifyError
from qualify.rendering import assets
from qualify.rendering.page import shell
from qualify.rendering.site import INDEX, PLOTLY, site_file
from qualify.verbs.publishing.grid import Seen, Stamp, folders, gather, stamp_of
from qualify.wiring import Context

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost", "[::1]")
EVERY = 1.0  # seconds between two looks at the ledgers
_HTML, _JSON, _TEXT = "text/html", "application/json", "text/plain"
_STREAM = "text/event-stream"
_FILES = ("junit.xml", "summary.md")
_BUILD_FILE = 3  # parts of builds/B0042/junit.xml


@dataclass
class Live:
    """What is served: the atlas as of the last change, and the page of it."""

    context: Context
    seen: Seen = field(default_factory=Seen)
    stamp: tuple[Stamp, ...] = ()
    held: Atlas | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> tuple[Stamp, ...]:
        """The state of all files; equal states draw equal pages."""
        return tuple(stamp_of(folder) for folder in folders(self.context))

    def atlas(self) -> Atlas:
        """All builds as they are now; raises QualifyError."""
        with self.lock:
            stamp = self.look()
            if self.held is None or stamp != self.stamp:
                self.held, self.stamp = gather(self.context, self.seen), stamp
            return self.held

    def answer(self, path: str) -> tuple[str, str] | None:
        """What a path holds, as its type and its text; None where there is nothing."""
        if path in ("", INDEX):
            now = self.context.clock.now()
            return _HTML, shell(self.atlas(), now, beside=True, live=True)
        if path == PLOTLY:
            return _TEXT, assets.plotly()
        made = site_file(self.atlas(), path)
        if made is not None:
            return _JSON, json.dumps(made, allow_nan=False)
        return self._file(path)

    def _file(self, path: str) -> tuple[str, str] | None:
        """A file that a build's section links to."""
        parts = path.split("/")
        if len(parts) != _BUILD_FILE or parts[0] != "builds" or parts[2] not in _FILES:
            return None
        known = {folder.id: folder.path / parts[2] for folder in folders(self.context)}
        found = known.get(parts[1])
        return (_TEXT, found.read_text("utf-8")) if found and found.is_file() else None


class Server(ThreadingHTTPServer):
    """Answers requests from this machine until it is shut down."""

    daemon_threads = True

    def __init__(self, live: Live, port: int, every: float = EVERY) -> None:
        super().__init__((HOST, port), Handler)
        self.live = live
        self.every = every
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it is found."""
        return f"http://{HOST}:{self.server_port}/"

    def shutdown(self) -> None:
        """Stop, and end the streams of events."""
        self.over.set()
        super().shutdown()


class Handler(BaseHTTPRequestHandler):
    """One request; anything but a GET from this machine is refused."""

    server: Server

    def do_GET(self) -> None:
        """Answer a path, or stream a word for each change."""
        if not loopback(self.headers.get("Host", "")):
            self._send(HTTPStatus.MISDIRECTED_REQUEST, _TEXT, "this server answers to localhost")
        elif urlsplit(self.path).path == "/events":
            self._events()
        else:
            self._page(urlsplit(self.path).path.lstrip("/"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's
        """Keep the terminal for what matters."""

    def _page(self, path: str) -> None:
        """A path as it is spelled names a file of a section; decoded, a file of a build."""
        try:
            found = self.server.live.answer(unquote(path))
        except QualifyError as error:
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{error.message}\n{error.remedy}\n")
            return
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, _TEXT, "there is nothing of that name\n")
        else:
            self._send(HTTPStatus.OK, *found)

    def _send(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        self._headers(kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")

    def _events(self) -> None:
        """Send `changed` after every change of a ledger until the reader has gone."""
        self.send_response(HTTPStatus.OK)
        self._headers(_STREAM)
        self.end_headers()
        live, told = self.server.live, self.server.live.look()
        try:
            while not self.server.over.wait(self.server.every):
                now = live.look()
                word = b"event: changed\ndata:\n\n" if now != told else b": still here\n\n"
                self.wfile.write(word)
                self.wfile.flush()
                told = now
        except OSError:  # the reader has closed the page
            return


def loopback(host: str) -> bool:
    """Whether a Host header names this machine's loopback address."""
    name, _, port = host.rpartition(":")
    named = name if port.isdecimal() and name else host
    return named.lower() in NAMES


def serve(context: Context, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is told the address. Raises QualifyError, OSError."""
    live = Live(context)
    live.atlas()
    with Server(live, port) as server:
        ready(server.url)
        try:
            server.serve_forever()
        finally:
            server.over.set()
