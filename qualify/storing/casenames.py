"""Readable names of test cases, from what their runners call them."""

from __future__ import annotations

import hashlib
import re

_LONGEST = 200
# Where an installed package's own tests lie: pytest writes the environment's path into the class.
_INSTALLED = re.compile(r"^[^\s\[]*\b(?:site|dist)-packages[./\\]+")
# Names that runners give a suite or a class where there is none.
_NAMELESS = {"", "pytest", "undefined", "default", "null", "root"}


def label(key: tuple[str, ...]) -> str:
    """The readable name: without words that say nothing, or that the next repeats.

    Nor with the environment that an installed test ran in: the next build's is another, and the
    row is the same.
    """
    *around, name = (_INSTALLED.sub("", word) for word in key)
    kept: list[str] = []
    for word in (w for w in around if w.lower() not in _NAMELESS):
        if kept and kept[-1].endswith(word):
            continue
        if kept and _begins(word, kept[-1]):
            kept.pop()
        kept.append(word)
    if kept and _begins(name, kept[-1]):
        kept.pop()
    return ".".join((*kept, name))


def _begins(word: str, with_: str) -> bool:
    rest = word.removeprefix(with_)
    return rest != word and not rest[:1].isalnum() and rest[:1] != "_"


def clean(text: str | None) -> str:
    """One line of printable characters."""
    if text and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split())


def cut(name: str) -> str:
    """A long name by its beginning and its digest, so that no two become one."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}…{hashlib.sha256(name.encode()).hexdigest()[:8]}"
