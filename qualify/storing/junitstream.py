"""Large JUnit XML without a tree: a case that says no more than that it passed costs no objects.

What has anything to say (a failure, a skip, properties) is handed on as the element that the
ordinary reading of junitparser takes, so that both readings agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from qualify.core.errors import ConfigError
from qualify.storing.guarded import LINE, MAX_DEPTH, REMEDY

_SILENT = {"system-out", "system-err"}
_SUITES = ("testsuite", "testsuites")
_COUNTS = ("name", "tests", "failures", "errors")


class PlainCase(NamedTuple):
    """A test case that says nothing but its attributes; they are as the runner wrote them."""

    name: str | None
    classname: str | None
    time: str | None
    status: str | None
    source_line: int

    @property
    def result(self) -> tuple[()]:
        """There is none."""
        return ()

    @property
    def interim_result(self) -> tuple[()]:
        """There is none."""
        return ()

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
    """Reads a file as it comes, guarded as a tree is.

    `inner` counts the open elements that are neither a suite nor the case itself: those within a
    case, and those of an element that is passed over.
    """

    def __init__(self, path: Path, full: Callable[[Element], Any]) -> None:
        self.path = path
        self.full = full
        self.root = PlainSuite()
        self.around: list[PlainSuite] = [self.root]
        self.case: dict[str, str] | None = None
        self.line = 0
        self.inner = 0
        self.builder: TreeBuilder | None = None
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
        if tag == "testcase" and self.case is None and not self.inner and len(self.around) > 1:
            self.case = attributes
            self.line = self.parser.CurrentLineNumber
        else:
            self._other(tag, attributes)

    def _other(self, tag: str, attributes: dict[str, str]) -> None:
        """An element that is not the case that is read next."""
        if len(self.around) + self.inner + (self.case is not None) > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} elements within one another")
        if self.case is not None:
            self._inside(tag, attributes)
        elif self.inner or (len(self.around) > 1 and tag not in _SUITES):
            self.inner += 1
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
        if self.builder is None and tag not in _SILENT and not self.inner:
            self.builder = TreeBuilder()
            self.builder.start("testcase", {**(self.case or {}), LINE: str(self.line)})
            self.parser.CharacterDataHandler = self.builder.data
        if self.builder is not None:
            self.builder.start(tag, {**attributes, LINE: str(self.parser.CurrentLineNumber)})
        self.inner += 1

    def _end(self, tag: str) -> None:
        if self.inner:
            self.inner -= 1
            if self.builder is not None:
                self.builder.end(tag)
        elif self.case is not None:
            self.around[-1].cases.append(self._told(self.case.get))
            self.case = None
        else:
            self.around.pop()

    def _told(self, given: Callable[[str], str | None]) -> Any:
        """The case that ends: in full where it has anything to say."""
        if self.builder is None:
            words = given("name"), given("classname"), given("time"), given("status")
            return PlainCase(*words, self.line)
        self.builder.end("testcase")
        told = self.full(self.builder.close())
        self.builder, self.parser.CharacterDataHandler = None, None
        return told

    def _refuse(self, *_: object) -> NoReturn:
        raise self._error("a document type or an entity, which a result file has no need of")

    def _error(self, what: str) -> ConfigError:
        return ConfigError(f"{self.path}: line {self.parser.CurrentLineNumber}: {what}", REMEDY)
