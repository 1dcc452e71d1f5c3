"""A small client of the simple repository API: which files there are, and one download."""

from __future__ import annotations

import base64
import hashlib
import os
import ssl
import tempfile
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from qualify.building.pages import ACCEPT, Remote, parse_page
from qualify.building.process import clean
from qualify.core.errors import CandidateError, IndexUnreachableError

_MISSING = {403, 404, 410}
_TIMEOUT_S = 60
_PAGE_LIMIT = 64 * 1024**2
_CHUNK = 1024**2


@dataclass(frozen=True)
class Index:
    """One package index."""

    url: str

    def files(self, name: str) -> tuple[Remote, ...]:
        """Every sdist and wheel of a project; none when the index does not know it.

        Raises IndexUnreachableError.
        """
        page = f"{self.url}/{name}/"
        try:
            with self._open(page, {"Accept": ACCEPT}) as answer:
                kind = str(getattr(answer, "headers", {}).get("Content-Type", "text/html"))
                where = str(getattr(answer, "url", page))
                text = answer.read(_PAGE_LIMIT).decode("utf-8", "replace")
            return parse_page(text, kind, where)
        except HTTPError as error:
            error.close()
            if error.code in _MISSING:
                return ()
            raise self._unreachable(error) from error
        except FileNotFoundError:
            return ()
        except (OSError, HTTPException, ValueError) as error:
            if isinstance(getattr(error, "reason", None), FileNotFoundError):
                return ()
            raise self._unreachable(error) from error

    def download(self, remote: Remote, folder: Path) -> tuple[Path, str]:
        """Download into `folder/<sha256>/`; raises IndexUnreachableError, CandidateError.

        The digest that the index gives is checked before the file gets its name.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            part = Path(scratch, "part")
            sha256 = self._stream(remote.url, part)
            if remote.sha256 not in ("", sha256):
                raise CandidateError(
                    f"{remote.name} has digest {sha256}, the index promised {remote.sha256}",
                    "tell whoever runs the index; do not use this file",
                )
            (folder / sha256).mkdir(exist_ok=True)
            return part.replace(folder / sha256 / remote.name), sha256

    def reachable(self) -> bool:
        """Whether it answers at all."""
        try:
            self._open(f"{self.url}/pip/", {"Accept": ACCEPT}).close()
        except HTTPError as error:
            error.close()
            return error.code < 500  # noqa: PLR2004
        except (OSError, HTTPException) as error:
            missing = getattr(error, "reason", error)
            return isinstance(missing, FileNotFoundError) and urlsplit(self.url).scheme == "file"
        return True

    def _stream(self, url: str, part: Path) -> str:
        digest = hashlib.sha256()
        try:
            answer = self._open(url, {})
        except (URLError, HTTPException, OSError) as error:
            raise self._unreachable(error) from error
        with answer, part.open("wb") as stream:
            while chunk := self._read(answer):
                digest.update(chunk)
                stream.write(chunk)
        return digest.hexdigest()

    def _read(self, answer: IO[bytes]) -> bytes:
        try:
            return answer.read(_CHUNK)
        except (OSError, HTTPException) as error:
            raise self._unreachable(error) from error

    def _open(self, url: str, headers: dict[str, str]) -> IO[bytes]:
        """Open a page or file; credentials of the index's address go to its own host only."""
        mine, parts = urlsplit(self.url), urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        if mine.username and host == mine.netloc.rpartition("@")[2]:
            pair = f"{unquote(mine.username)}:{unquote(mine.password or '')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        path = f"{parts.path}index.html" if _is_folder(url) else parts.path
        request = Request(  # noqa: S310 - the index is the user's own choice
            urlunsplit((parts.scheme, host, path, parts.query, "")), headers=headers
        )
        trust = os.environ.get("PIP_CERT") or os.environ.get("REQUESTS_CA_BUNDLE")
        context = ssl.create_default_context(cafile=trust)
        answer: IO[bytes] = urlopen(request, timeout=_TIMEOUT_S, context=context)  # noqa: S310
        return answer

    def _unreachable(self, error: BaseException) -> IndexUnreachableError:
        return IndexUnreachableError(
            f"the package index {clean(self.url)} did not answer: {clean(str(error))}",
            "check the network, the proxy variables, and PIP_INDEX_URL or UV_DEFAULT_INDEX",
        )


def _is_folder(url: str) -> bool:
    return url.startswith("file:") and url.endswith("/")
