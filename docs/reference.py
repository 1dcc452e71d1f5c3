"""The reference pages of what is declared in the code: statuses, rules, metrics and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import qualify
from docs import words
from docs.markdown import page, table
from qualify.core import errors
from qualify.core.metric import METRICS
from qualify.core.verdict import Status
from qualify.datasets.card import RULES as SPLITS
from qualify.datasets.card import Card
from qualify.datasets.catalogue import CATALOGUE
from qualify.datasets.traits import TRAITS
from qualify.judging.decision import WEIGHTS
from qualify.judging.rule import explanation, title
from qualify.judging.rules import RULES
from qualify.rendering.palette import MEANING

_CODE = re.compile(r'"([A-Z]\d{3})"')


def exit_codes_page() -> str:
    """List the exit codes, and the errors behind them."""
    codes = [(c.value, c.name.lower(), text) for c, text in errors.EXIT_MEANINGS.items()]
    causes = [(f"`{e.__name__}`", e.exit_code.value, e.__doc__) for e in _fatal()]
    return page(
        "Exit codes",
        "The contract with pipelines. `nox` itself ends with 1 for every code that is not 0.",
        table(("code", "name", "meaning"), codes),
        "## Errors",
        "Each error prints its message and a remedy.",
        table(("error", "exit code", "meaning"), causes),
    )


def _fatal() -> list[type[errors.QualifyError]]:
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type))
    return [k for k in kinds if issubclass(k, errors.QualifyError)]


def statuses_page() -> str:
    """List the statuses with their glyphs."""
    rows = [(s.glyph, s.value, MEANING[s], _counts(s)) for s in Status]
    return page(
        "Statuses",
        "What the evidence says of a cell. A missing result is never green.",
        table(("glyph", "name", "the cell", "counts as"), rows),
        "A build may `ship` where every cell that was not skipped is green. One red cell makes it "
        "`hold`. Everything else is `inconclusive`.",
    )


def _counts(status: Status) -> str:
    if status.green or status.red:
        return "green" if status.green else "red"
    return "undecided" if status in WEIGHTS else "left out"


def rules_page() -> str:
    """List the rules, and the other codes that a cell may show."""
    parts = []
    for rule in sorted(RULES, key=lambda r: r.code):
        sentences = "\n".join(f"- *{key}*: {text}" for key, text in rule.messages.items())
        parts += [f"## {rule.code}", f"**{title(rule)}**", explanation(rule), sentences]
    others = sorted(set(_codes()) - {rule.code for rule in RULES})
    return page(
        "Rules",
        "Every verdict names the code of the rule that gave it.",
        *parts,
        "## Other codes",
        table(("code", "meaning"), [(code, words.CODES[code]) for code in others]),
    )


def _codes() -> Iterator[str]:
    for path in Path(qualify.__file__).parent.rglob("*.py"):
        yield from _CODE.findall(path.read_text(encoding="utf-8"))


def metrics_page() -> str:
    """List the metrics that a canary may judge."""
    rows = [
        (f"`{m.name}`", m.unit, m.direction, _scale(m.scale), m.kind, ", ".join(m.tasks))
        for m in METRICS.values()
    ]
    return page(
        "Metrics",
        "The harness computes every quality metric itself, with labels that the candidate never "
        "saw. Resource metrics are only judged side by side (`interleaved = true`).",
        table(("name", "unit", "better", "margin is", "kind", "tasks"), rows),
    )


def _scale(scale: str) -> str:
    return "relative" if scale == "log" else "absolute"


def datasets_page() -> str:
    """List the datasets by their cards."""
    cards = CATALOGUE.values()
    rows = [
        (f"`{d.name}`", d.task, f"{d.rows:,} × {d.columns}", d.classes or "", _traits(d), d.about)
        for d in cards
    ]
    origins = [
        (f"`{d.name}`", d.source, d.licence, d.split, ", ".join(d.slices), f"`{d.sha256[:16]}`")
        for d in cards
    ]
    return page(
        "Datasets",
        "Data that packages carry, or that is generated. Any dataset of openml.org goes by its "
        "number, `openml:31`: fetched once, kept below `~/.cache/automl-qualify` or "
        "`$QUALIFY_CACHE`.",
        table(("name", "task", "rows × columns", "classes", "traits", "about"), rows),
        "## Splits",
        "A seed divides the rows the same way for both builds.",
        table(("rule", "what a seed divides"), SPLITS.items()),
        "## Traits",
        table(("trait", "meaning"), TRAITS.items()),
        "## Origins",
        table(("name", "source", "licence", "split", "slices", "sha256 begins"), origins),
    )


def _traits(card: Card) -> str:
    return ", ".join(trait for trait in card.traits if trait != card.task)
