"""A project's page on an index, in either form of the simple repository API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True)
class Remote:
    """A file that an index offers; `sha256` is empty where the index gives none."""

    name: str
    url: str
    sha256: str
    version: Version
    sdist: bool
    yanked: bool = False


def parse_page(text: str, content_type: str, url: str) -> tuple[Remote, ...]:
    """Read a page; addresses may be relative to `url`. Raises ValueError for broken JSON."""
    rows = _json_rows(text) if "json" in content_type else _html_rows(text)
    return tuple(remote for row in rows if (remote := _remote(row, url)) is not None)


@dataclass(frozen=True)
class _Row:
    name: str
    url: str
    sha256: str
    yanked: bool


def _json_rows(text: str) -> list[_Row]:
    page: Any = json.loads(text)
    try:
        return [
            _Row(
                str(file["filename"]),
                str(file["url"]),
                str(file.get("hashes", {}).get("sha256", "")),
                bool(file.get("yanked", False)),
            )
            for file in page["files"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a project page: {error!r}") from error


def _html_rows(text: str) -> list[_Row]:
    reader = _Anchors()
    reader.feed(text)
    return reader.rows


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        href = found.get("href")
        if tag == "a" and href:
            parts = urlsplit(href)
            name = unquote(parts.path.rsplit("/", 1)[-1])
            sha256 = parse_qs(parts.fragment).get("sha256", [""])[0]
            self.rows.append(_Row(name, href.split("#")[0], sha256, "data-yanked" in found))


def _remote(row: _Row, base: str) -> Remote | None:
    """Make an absolute address; None for what is neither an sdist nor a wheel."""
    if "/" in row.name or "\\" in row.name:
        return None
    try:
        if row.name.endswith(".whl"):
            version = parse_wheel_filename(row.name)[1]
        else:
            version = parse_sdist_filename(row.name)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    sdist = not row.name.endswith(".whl")
    return Remote(row.name, urljoin(base, row.url), row.sha256, version, sdist, row.yanked)
