"""A colour per status for light and dark pages, and the sentence that the legend gives it.

Greens are pale teal, reds dark vermillion (bright on dark pages): hue *and* lightness tell them
apart, so they also differ in greyscale and to colour-blind people. The glyph has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qualify.core.verdict import Answer, Status


@dataclass(frozen=True)
class Shade:
    """`fill` behind the glyph, `ink` of the glyph, `edge` around both; `dashed` edges are empty."""

    fill: str
    ink: str
    edge: str
    dashed: bool = False


LIGHT: dict[Status, Shade] = {
    Status.PASSED: Shade("#cfe9e1", "#0b5f4c", "#b5dccf"),
    Status.IMPROVED: Shade("#8cc8ee", "#063a5e", "#5fadde"),
    Status.REGRESSED: Shade("#b3261e", "#ffffff", "#8c1d18"),
    Status.FAILED: Shade("#7a0c2e", "#ffffff", "#5c0922"),
    Status.FLAKY: Shade("#e3efc4", "#4a5a10", "#a9bd66"),
    Status.INCONCLUSIVE: Shade("#f5c542", "#4a3500", "#d19f0a"),
    Status.INFRA: Shade("#6b5b95", "#ffffff", "#54467a"),
    Status.TIMEOUT: Shade("#a8480b", "#ffffff", "#7d3506"),
    Status.RUNNING: Shade("#ffffff", "#1560a8", "#1560a8"),
    Status.GATED: Shade("#ffffff", "#5b6470", "#9aa3ad", dashed=True),
    Status.SKIPPED: Shade("#e4e7eb", "#525b66", "#d3d8de"),
    Status.NOT_SCHEDULED: Shade("#ffffff", "#79828d", "#ffffff"),
    Status.LOST: Shade("#22272e", "#ffffff", "#000000"),
}

DARK: dict[Status, Shade] = {
    Status.PASSED: Shade("#17453a", "#8fdcc4", "#215c4e"),
    Status.IMPROVED: Shade("#1b5687", "#cfe8ff", "#3a7fb8"),
    Status.REGRESSED: Shade("#ff8d7a", "#3b0600", "#ffb3a6"),
    Status.FAILED: Shade("#ffc2d1", "#5c0922", "#ffdbe4"),
    Status.FLAKY: Shade("#3b4418", "#d3e08f", "#66752c"),
    Status.INCONCLUSIVE: Shade("#c99a1a", "#241a00", "#e8b93a"),
    Status.INFRA: Shade("#b9a8ea", "#241548", "#d6caf7"),
    Status.TIMEOUT: Shade("#ffab66", "#3d1a00", "#ffc899"),
    Status.RUNNING: Shade("#14181d", "#74b8f7", "#74b8f7"),
    Status.GATED: Shade("#14181d", "#98a2ae", "#5c6672", dashed=True),
    Status.SKIPPED: Shade("#2a3038", "#a4aeb9", "#363e48"),
    Status.NOT_SCHEDULED: Shade("#14181d", "#78828e", "#14181d"),
    Status.LOST: Shade("#f2f4f6", "#14181d", "#ffffff"),
}

MEANING: dict[Status, str] = {
    Status.PASSED: "shown within the margin, or the promise held",
    Status.IMPROVED: "shown to be better",
    Status.REGRESSED: "shown worse, and not within the margin",
    Status.FAILED: "fails where the baseline does not",
    Status.FLAKY: "fails at a rate that the baseline has too",
    Status.INCONCLUSIVE: "the evidence does not decide",
    Status.INFRA: "the machine failed, not the candidate",
    Status.TIMEOUT: "was killed at its time limit",
    Status.RUNNING: "has not ended yet",
    Status.GATED: "an earlier stage stopped it",
    Status.SKIPPED: "was left out, with a reason",
    Status.NOT_SCHEDULED: "this build did not plan it",
    Status.LOST: "was planned, but left no record of its end",
}

ANSWER_STATUS: dict[Answer, Status] = {
    "ship": Status.PASSED,
    "hold": Status.REGRESSED,
    "inconclusive": Status.INCONCLUSIVE,
}

ANSWER_GLYPH: dict[Answer, str] = {"ship": "✓", "hold": "✕", "inconclusive": "?"}

Weight = Literal["hold", "undecided", "note"]

WEIGHT_WORDS: dict[Weight, str] = {
    "hold": "✕ holds the release",
    "undecided": "? leaves it undecided",
    "note": "· for the record",
}


def slug(status: Status) -> str:
    """Return the status as a CSS class."""
    return status.value.replace(" ", "-")


def stylesheet() -> str:
    """Return the statuses' colours as CSS custom properties, light first, dark where preferred."""
    dark = _rules(DARK)
    return f"{_rules(LIGHT)}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _rules(shades: dict[Status, Shade]) -> str:
    return "\n".join(
        f".{slug(status)}{{--fill:{shade.fill};--ink:{shade.ink};--edge:{shade.edge};"
        f"--line:{'dashed' if shade.dashed else 'solid'}}}"
        for status, shade in shades.items()
    )
