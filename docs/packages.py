"""The pages of the adapters: what they promise, what was seen of it, and how one is written."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.markdown import page, table
from qualify import adapters
from qualify.core.adapter import Adapter
from qualify.core.promises import PROMISES

SEEN = Path(__file__).parent / "figures" / "conformance"
_FUNCTIONS = ("start", "table", "fit", "predict", "save", "load", "resume")
_DECLARATIONS = {
    "DISTRIBUTION": "The name on a package index.",
    "MODULE": "What users import.",
    "REQUIREMENTS": "What is installed beside the wheel.",
    "TASKS": "`binary`, `multiclass`, `regression`.",
    "HONOURS": "[Promises](#promises).",
    "ERRORS": "Kinds of exceptions with which wrong input is refused.",
    "PRESET": "A budget of seconds: `iterations` or `seconds`.",
    "SOURCE": "`wheel` where the sdists on the index cannot be built; else left out.",
    "EXTRAS": "Extras that the suite `smoke` resolves.",
    "INFERENCE": "What suffices to load a model and predict.",
    "ESTIMATORS": "By task, the families that a search can be limited to.",
}


def adapters_page() -> str:
    """List the adapters, what they promise and what was seen, and what one must define."""
    described = [adapters.describe(name) for name in adapters.names()]
    rows = [
        (f"`{a.name}`", f"`{a.distribution}`", ", ".join(a.tasks), _preset(a), _families(a))
        for a in described
    ]
    flaml = next(a for a in described if a.name == "flaml")
    return page(
        "Adapters",
        table(("name", "package", "tasks", "preset", "families"), rows),
        "## Promises",
        "A check or a canary that needs what a package does not promise is skipped with the "
        "reason.",
        table(("promise", "meaning"), [(f"`{p}`", text) for p, text in PROMISES.items()]),
        "## Conformance",
        "`qualify adapter check NAME` tries every promise on the package's latest release: "
        "✓ kept, ✗ broken, · not promised, – promised and not tried.",
        _conformance(described),
        "## What an adapter defines",
        table(("name", "meaning"), [(f"`{n}`", text) for n, text in _DECLARATIONS.items()]),
        "The last four may be left out. `resume` is wanted where it is promised.",
        table(("function", "what it does"), _contract(flaml.path)),
        "[How to add one](../../CONTRIBUTING.md#add-an-adapter).",
    )


def _preset(one: Adapter) -> str:
    budget = one.preset.items()
    return ", ".join(f"{n:g} {unit.removesuffix('s') if n == 1 else unit}" for unit, n in budget)


def _families(one: Adapter) -> str:
    return ", ".join(dict.fromkeys(f for names in one.estimators.values() for f in names))


def _conformance(described: list[Adapter]) -> str:
    seen = {a.name: _seen(a.name) for a in described}
    names = [a.name for a in described]
    versions = ("release", *(seen[name].get("version", "not tried") for name in names))
    tried = (*_always(), *PROMISES)
    rows = [(f"`{p}`", *(_sign(a, p, seen[a.name]) for a in described)) for p in tried]
    return table(("", *names), [versions, *rows])


def _always() -> tuple[str, ...]:
    from qualify.verbs.conformance import ALWAYS

    return ALWAYS


def _sign(one: Adapter, promise: str, seen: dict[str, Any]) -> str:
    if promise in PROMISES and promise not in one.honours:
        return "·"
    tasks = seen.get("seen", {}).get(promise)
    if tasks is None:
        return "–"
    broken = [f"✗ {task}" for task, wrong in tasks.items() if wrong]
    return ", ".join(broken) or "✓"


def _seen(name: str) -> dict[str, Any]:
    path = SEEN / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _contract(path: Path) -> Iterator[tuple[str, str]]:
    """Read signatures and promises off an adapter, without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name in _FUNCTIONS and node.returns:
            signature = f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}"
            yield f"`{signature}`", (ast.get_docstring(node) or "").split("\n\n")[0]
