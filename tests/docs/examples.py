"""The documents as tests see them: their code blocks, examples and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(
    r"(?:<!-- example: (\w+) -->\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block; `kind` is empty unless a comment marks it as an example."""

    page: Path
    kind: str
    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(page, kind, language, text) for kind, language, text in found]


def examples(kind: str) -> list[Block]:
    """Every example of a kind, on any page."""
    return [block for page in PAGES for block in blocks(page) if block.kind == kind]


def the(kind: str) -> str:
    """The only example of a kind."""
    (block,) = examples(kind)
    return block.text


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def code(page: Path) -> list[str]:
    """Every line of a block for a shell, and everything between single backticks."""
    shells = [b.text for b in blocks(page) if b.language in ("sh", "text")]
    return [line for text in shells for line in text.splitlines()] + _INLINE.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
