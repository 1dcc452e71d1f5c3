"""Large JUnit XML without a tree: a case that says no more than that it passed costs no objects.

What has anything to say (a failure, a skip, properties) is handed on as the element that the
ordinary reading of junitparser takes, so that both readings agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from qualify.core.errors import ConfigError
from qualify.storing.guarded import LINE, MAX_DEPTH, REMEDY

_SILENT = {"system-out", "system-err"}
_SUITES = ("testsuite", "testsuites")
_COUNTS = ("name", "tests", "failures", "errors")


class PlainCase:
    """A test case without anything in it that would be read."""

    __slots__ = ("given", "source_line")
    result: tuple[Any, ...] = ()
    interim_result: tuple[Any, ...] = ()

    def __init__(self, given: dict[str, str], source_line: int) -> None:
        self.given = given
        self.source_line = source_line

    @property
    def name(self) -> str | None:
        """As the runner writes it."""
        return self.given.get("name")

    @property
    def classname(self) -> str | None:
        """As the runner writes it."""
        return self.given.get("classname")

    @property
    def time(self) -> str | None:
        """In seconds, as text."""
        return self.given.get("time")

    @property
    def status(self) -> str | None:
        """What some runners say beside the elements."""
        return self.given.get("status")

    def child(self, _: object) -> None:
        """There is none."""


@dataclass
class PlainSuite:
    """A suite, or what is around all suites, with what a reader asks of one."""

    name: str | None = None
    tests: str | None = None
    failures: str | None = None
    errors: str | None = None
    cases: list[Any] = field(default_factory=list)
    suites: list[PlainSuite] = field(default_factory=list)

    def iterchildren(self, _: object) -> Iterator[Any]:
        """Its own cases."""
        return iter(self.cases)

    def testsuites(self) -> Iterator[PlainSuite]:
        """The suites in it."""
        return iter(self.suites)

    def __iter__(self) -> Iterator[PlainSuite]:
        return iter(self.suites)


class StreamedFile:
    """Reads a file as it comes, guarded as a tree is."""

    def __init__(self, path: Path, full: Callable[[Element], Any]) -> None:
        self.path = path
        self.full = full
        self.depth = 0
        self.root = PlainSuite()
        self.around: list[PlainSuite] = [self.root]
        self.case: PlainCase | None = None
        self.builder: TreeBuilder | None = None
        self.skipping = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def parse(self, data: bytes) -> PlainSuite:
        """What is around all suites; raises ConfigError."""
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ConfigError(f"{self.path}: line {error.lineno}: {error}", REMEDY) from None
        return self.root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if tag == "testcase" and self.case is None and not self.skipping and self.depth > 1:
            self.case = PlainCase(attributes, self.parser.CurrentLineNumber)
        elif self.depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} elements within one another")
        elif self.case is not None:
            self._inside(tag, attributes)
        elif self.skipping or (self.depth > 1 and tag not in _SUITES):
            self.skipping += 1
        elif tag in _SUITES:
            self._suite(tag, attributes)
        else:
            raise ConfigError(
                f"{self.path}: line 1: the outermost element is neither testsuites nor testsuite",
                REMEDY,
            )

    def _suite(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "testsuites":
            self.around.append(self.around[-1])
            return
        name, tests, failures, errors = map(attributes.get, _COUNTS)
        suite = PlainSuite(name, tests, failures, errors)
        self.around[-1].suites.append(suite)
        self.around.append(suite)

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep what a case says, from its first telling element on."""
        if self.builder is None and tag not in _SILENT and not self.skipping and self.case:
            self.builder = TreeBuilder()
            self.builder.start("testcase", {**self.case.given, LINE: str(self.case.source_line)})
            self.parser.CharacterDataHandler = self.builder.data
        if self.builder is None:
            self.skipping += 1
        else:
            line = str(self.parser.CurrentLineNumber)
            self.builder.start(tag, {**attributes, LINE: line})

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if self.skipping:
            self.skipping -= 1
        elif self.builder is not None:
            self._told(tag)
        elif self.case is not None:
            self.around[-1].cases.append(self.case)
            self.case = None
        else:
            self.around.pop()

    def _told(self, tag: str) -> None:
        """Hand a case on that has something to say."""
        assert self.builder is not None  # noqa: S101 -- the caller looked
        self.builder.end(tag)
        if tag == "testcase":
            self.around[-1].cases.append(self.full(self.builder.close()))
            self.builder, self.case = None, None
            self.parser.CharacterDataHandler = None

    def _refuse(self, *_: object) -> NoReturn:
        raise self._error("a document type or an entity, which a result file has no need of")

    def _error(self, what: str) -> ConfigError:
        return ConfigError(f"{self.path}: line {self.parser.CurrentLineNumber}: {what}", REMEDY)
