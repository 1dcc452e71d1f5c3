"""The reference pages of what people write: the configuration and the canaries."""

from __future__ import annotations

from docs import words
from docs.markdown import keys, page
from qualify.config import Config
from qualify.running.suitefile import BudgetTable, CanaryTable, LimitsTable

_TABLES = ("target", "lanes", "errors", "paths", "history")


def config_page() -> str:
    """Describe every key of `qualify.toml`."""
    nested = {name: getattr(Config(), name) for name in _TABLES}
    lead = (
        "`qualify.toml`, or the table `[tool.qualify]` of `pyproject.toml`. Defaults come first, "
        "then the file, then the command line. An unknown key is an error that names the nearest "
        "one. Editors can use [the JSON schema](qualify.schema.json)."
    )
    parts = [lead, keys(Config, words.CONFIG)]
    for name, model in nested.items():
        parts += [f"## {name}", keys(type(model), words.CONFIG, f"{name}.")]
    return page("Configuration", *parts)


def canary_page() -> str:
    """Describe every key of a canary's table."""
    return page(
        "Canary tables",
        "A file `canaries.toml` in a suite's folder holds one table `[canary.NAME]` for each "
        "canary. Every mistake in a file is reported at once.",
        keys(CanaryTable, words.CANARY),
        "## budget",
        "Without a key it is the preset of the [adapter](adapters.md).",
        keys(BudgetTable, words.BUDGET),
        "## limits",
        keys(LimitsTable, words.LIMITS),
    )
