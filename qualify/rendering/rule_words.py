"""The codes of verdicts in words: what a reader of a code needs to know of it."""

from __future__ import annotations

from qualify.judging.rule import explanation, title
from qualify.judging.rules import RULES

_PLAIN: dict[str, str] = {
    "C000": "A check has not run yet.",
    "C001": "A check's promise held.",
    "C002": "A check's promise is broken, and the baseline breaks it, too.",
    "C003": "A check's promise is broken in every turn, and the baseline keeps it.",
    "C004": "A check's promise is broken in some rounds and kept in others.",
    "G001": "An earlier stage stopped the cell.",
    "G002": "The candidate has no environment on the lane.",
    "I001": "The machine failed, not the candidate.",
    "J001": "Another runner skipped the test.",
    "J002": "A test of another runner passed.",
    "J003": "A test of another runner failed and passed.",
    "J004": "A test of another runner fails no more often than the baseline's.",
    "J005": "A test of another runner fails where the baseline's does not.",
    "J006": "A test of another runner failed, and too little is known of the baseline's.",
    "J007": "A metric of another runner is recorded, and nothing is asked of it.",
    "J008": "A metric of another runner is judged by earlier values.",
    "L000": "The cell is not decided yet.",
    "L001": "The cell was planned, but left no record of its end.",
    "L002": "The harness failed.",
    "L003": "The cell's suite or environment could not be used.",
    "N001": "No run of this build has planned the cell.",
    "Q004": "The canary's trainings succeed or fail as a whole.",
    "Q900": "The cell was planned, but there is no verdict.",
    "Q901": "The plan left the cell out.",
    "S001": "The plan left the cell out on this machine.",
    "S002": "The check left itself out.",
}


def rule_title(code: str) -> str:
    """A line on a code; the code itself where nothing is known of it."""
    found = {rule.code: title(rule) for rule in RULES} | _PLAIN
    return found.get(code, code)


def rule_explanation(code: str) -> str:
    """What there is to say beyond the line, or ""."""
    return {rule.code: explanation(rule) for rule in RULES}.get(code, "")
