"""The decisions as an Atom feed (RFC 4287)."""

from __future__ import annotations

import datetime as dt
import uuid
from xml.etree import ElementTree as ET

from qualify.core.overview import BuildHead, Overview
from qualify.rendering.blocks import permalink
from qualify.rendering.palette import ANSWER_GLYPH
from qualify.rendering.text import one_line, printable

LIMIT = 100
_ATOM = "http://www.w3.org/2005/Atom"


def feed(overview: Overview, generated: str, home: str = "") -> str:
    """Write the newest decisions; `home` is the page's address, "" where the feed lies beside it.

    A build keeps its id, whichever page the feed is read from.
    """
    decided = [build for build in overview.builds if build.answer != "running"][:LIMIT]
    root = ET.Element("feed", {"xmlns": _ATOM})
    _add(root, "id", _id(overview.target))
    _add(root, "title", f"{overview.target}: decisions on builds")
    _add(root, "updated", _moment(decided[0].time if decided else generated, generated))
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _page(home)})
    ET.SubElement(root, "link", {"rel": "self", "href": f"{home}feed.xml"})
    _add(ET.SubElement(root, "author"), "name", "qualify")
    for build in decided:
        root.append(_entry(overview.target, build, generated, home))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _entry(target: str, build: BuildHead, generated: str, home: str) -> ET.Element:
    entry = ET.Element("entry")
    mark = f"{ANSWER_GLYPH[build.answer]} {build.answer}" if build.answer != "running" else ""
    _add(entry, "id", _id(target, build.identity or f"{build.id} {build.version} {build.time}"))
    _add(entry, "title", f"{mark}: {target} {build.version} ({build.id})")
    _add(entry, "updated", _moment(build.time, generated))
    href = f"{_page(home)}{permalink(build.id)}"
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": href})
    ET.SubElement(entry, "category", {"term": build.answer})
    _add(entry, "summary", build.sentence or build.answer)
    return entry


def _page(home: str) -> str:
    return home or "index.html"


def _add(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, name).text = one_line(printable(words))


def _id(*parts: str) -> str:
    """The same for the same parts everywhere, and no address that anybody would have to own."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(("automl-qualify", *parts))).urn


def _moment(time: str, otherwise: str) -> str:
    """A time as RFC 3339 wants it: with an offset, UTC where none is said."""
    for text in (time, otherwise):
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=dt.timezone.utc)).isoformat()
    return "1970-01-01T00:00:00+00:00"
