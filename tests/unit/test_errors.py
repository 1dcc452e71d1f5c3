from __future__ import annotations

import inspect

import pytest

from qualify.core import errors
from qualify.core.errors import EXIT_MEANINGS, ExitCode, QualifyError, nearest
from qualify.core.verdict import Decision

ERRORS = [e for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, QualifyError)]


def test_exit_codes_are_distinct_and_documented():
    """Every code has a number and a meaning of its own."""
    assert len({code.value for code in ExitCode.__members__.values()}) == len(ExitCode.__members__)
    assert set(EXIT_MEANINGS) == set(ExitCode)
    assert len(set(EXIT_MEANINGS.values())) == len(EXIT_MEANINGS)


@pytest.mark.parametrize("error", ERRORS)
def test_no_error_looks_like_a_decision(error: type[QualifyError]):
    """A fatal error never ends with a code that says ship, hold or inconclusive."""
    assert error("x").exit_code in {ExitCode.USAGE, ExitCode.INFRASTRUCTURE}
    assert error.__doc__


def test_an_error_has_a_message_and_a_remedy():
    """The remedy is apart from the message, and may be left out."""
    error = errors.DiskFullError("no space", "free some")
    assert (str(error), error.message, error.remedy) == ("no space", "no space", "free some")
    assert QualifyError("x").remedy == ""


@pytest.mark.parametrize(
    ("answer", "infrastructure", "code"),
    [
        ("ship", False, ExitCode.SHIP),
        ("hold", True, ExitCode.HOLD),
        ("inconclusive", False, ExitCode.INCONCLUSIVE),
        ("inconclusive", True, ExitCode.INFRASTRUCTURE),
    ],
)
def test_a_decision_is_its_exit_code(answer, infrastructure, code):
    """What a pipeline sees follows from the answer; failed machines are told apart."""
    assert Decision(answer, "", (), {}, 0, infrastructure).exit_code is code


def test_nearest_names():
    """A typo is answered with the nearest word, anything else with all of them."""
    assert nearest("candiate", ["candidate", "baseline"]) == "did you mean 'candidate'?"
    assert nearest("xyz", ["b", "a"]) == "known: a, b"
