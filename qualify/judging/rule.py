"""What a rule is, and how it gets the inputs that it asks for by the names of its parameters.

The pattern is that of scientific-python/cookie's `sp_repo_review`: a rule is one small class, its
docstring is its title and its explanation, and `check` names what it needs to know.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from qualify.core.verdict import Ask, Status
from qualify.judging.testing import Tested


@dataclass(frozen=True)
class Found:
    """What a rule found: a status, one sentence, and the test behind it where there is one.

    `asks` are the trainings that it waits for, where it is not the next registered seed.
    """

    status: Status
    reason: str
    tested: Tested | None = None
    more: int | None = None
    asks: tuple[Ask, ...] = ()


class Rule:
    """One small class. `code` never changes its meaning; `messages` are its only sentences."""

    code: ClassVar[str]
    messages: ClassVar[Mapping[str, str]]
    check: ClassVar[Callable[..., Found | None]]


def apply(rule: type[Rule], *sources: object) -> Found | None:
    """Check a rule: each parameter is the attribute of that name of the first source that has it.

    None where the rule has nothing to say. Raises AttributeError for a parameter nobody has.
    """
    names = inspect.signature(rule.check).parameters
    return rule.check(**{name: _lookup(name, sources) for name in names})


def title(rule: type[Rule]) -> str:
    """The first line of a rule's docstring."""
    return (inspect.getdoc(rule) or "").splitlines()[0]


def explanation(rule: type[Rule]) -> str:
    """What follows the first line of a rule's docstring."""
    return "\n".join((inspect.getdoc(rule) or "").splitlines()[1:]).strip()


def _lookup(name: str, sources: tuple[object, ...]) -> object:
    for source in sources:
        if hasattr(source, name):
            return getattr(source, name)
    raise AttributeError(f"a rule asks for {name!r}, which no evidence has")
