"""The catalogue of rules."""

from __future__ import annotations

import pytest

from qualify.core.verdict import Status
from qualify.judging.cell import WORST_FIRST
from qualify.judging.rule import apply, explanation, title
from qualify.judging.rules import CELL_RULES, PAIRED_RULES, RULES, STORED_RULES, TooFewReplicates


def test_codes_are_unique_and_every_rule_explains_itself() -> None:
    """Each rule has its own code, a title and an explanation."""
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(title(rule) and explanation(rule) and rule.messages for rule in RULES)


def test_every_rule_is_in_the_catalogue() -> None:
    """What is asked of cells and metrics is listed once."""
    assert {*CELL_RULES, *STORED_RULES, *PAIRED_RULES} <= set(RULES)
    assert len(RULES) == len(set(RULES))


def test_every_status_that_a_rule_may_find_is_weighed() -> None:
    """Findings of cells and metrics have their place from worst to best."""
    never = {Status.GATED, Status.SKIPPED, Status.NOT_SCHEDULED, Status.LOST}
    assert set(WORST_FIRST) == set(Status) - never
    assert [s for s in WORST_FIRST if s.red] == list(WORST_FIRST[:3])


def test_an_unknown_input_is_named() -> None:
    """A rule that asks for what nobody has says for what."""
    with pytest.raises(AttributeError, match="'canary'"):
        apply(TooFewReplicates, object())
