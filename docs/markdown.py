"""Small pieces of Markdown, and tables of a pydantic model's keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

NOTICE = "<!-- Written by `python -m docs.generate`; do not edit. -->"


def page(title: str, *parts: str) -> str:
    """Join a title and its parts to a page."""
    return "\n\n".join([NOTICE, f"# {title}", *parts]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Draw a table; a bar within a cell is escaped."""
    lines = [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]
    return "\n".join(lines)


def keys(model: type[BaseModel], words: Mapping[str, str], prefix: str = "") -> str:
    """Draw a model's keys: name, kind, default, explanation; raises KeyError without words."""
    properties = model.model_json_schema()["properties"]
    rows = [
        (f"`{name}`", kind(properties[name]), _default(model, name), words[f"{prefix}{name}"])
        for name in model.model_fields
    ]
    return table(("key", "kind", "default", "what it is"), rows)


def kind(schema: Mapping[str, Any]) -> str:
    """Say in words what a JSON schema admits."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in _present(schema["anyOf"])))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "$ref" in schema:
        return "table"
    if schema["type"] == "array":
        return f"list of {kind(schema['items'])}"
    if schema["type"] == "object":
        values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
        return f"table of {kind(values[0])}"
    return _simple(schema)


def _simple(schema: Mapping[str, Any]) -> str:
    names = {"string": "text", "boolean": "`true`, `false`"}
    signs = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}
    bounds = [f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema]
    name = names.get(schema["type"], schema["type"])
    pattern = f" like `{schema['pattern']}`" if "pattern" in schema else ""
    return f"{name} {' and '.join(bounds)}".strip() + pattern


def _present(choices: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [choice for choice in choices if choice.get("type") != "null"]


def _default(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    if field.is_required():
        return "required"
    if name == "jobs":
        return "the number of processors"
    value = {} if field.default_factory is dict else field.default
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        return "as below"
    return f"`{json.dumps(value)}`"


def _row(cells: Iterable[object]) -> str:
    texts = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(texts)} |"
