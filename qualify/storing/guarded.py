"""XML from somebody else, read as data: no DTD, no entities, size and depth capped."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from qualify.core.errors import ConfigError

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 64
LINE = "source_line"
"""The attribute that every element is given: the line where it begins."""
REMEDY = "export the results again as plain JUnit XML"


def read_bytes(path: Path) -> bytes:
    """The file's content; raises ConfigError for one that is not there or too large."""
    if not path.is_file():
        raise ConfigError(f"there is no file {path}", "name the JUnit XML that the runner wrote")
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 2**20} MiB"
        raise ConfigError(f"{path}: larger than {limit}", "leave the captured output out of it")
    return data


class GuardedTree:
    """Builds the tree of a file; what could make reading it dangerous is refused where it stands.

    junitparser's own reading is left aside: which parser that is depends on what is installed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.depth = 0
        self.builder = TreeBuilder()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data

    def parse(self, data: bytes) -> Element:
        """The root; raises ConfigError."""
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ConfigError(f"{self.path}: line {error.lineno}: {error}", REMEDY) from None
        return self.builder.close()

    def _refuse(self, *_: object) -> NoReturn:
        raise self._error("a document type or an entity, which a result file has no need of")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} elements within one another")
        self.builder.start(tag, {**attributes, LINE: str(self.parser.CurrentLineNumber)})

    def _end(self, tag: str) -> None:
        self.depth -= 1
        self.builder.end(tag)

    def _error(self, what: str) -> ConfigError:
        return ConfigError(f"{self.path}: line {self.parser.CurrentLineNumber}: {what}", REMEDY)
