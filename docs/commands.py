"""The page of the command line, from click's own records."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from docs.markdown import page, table
from qualify.cli import cli
from qualify.config import CURRENT


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name, groups before their members."""
    yield from _walk("qualify", cli)


def cli_page() -> str:
    """Describe every command with its usage, its help and its options."""
    return page(
        "Commands",
        "Every command ends with one of [these exit codes](exit-codes.md). Options come last; "
        "behind `nox -s SESSION --` they are passed on unchanged.",
        *(_section(name, command) for name, command in commands()),
    )


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            yield from _walk(f"{name} {child}", command.commands[child])


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, max_content_width=100)
    pieces = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {name}", f"```text\n{name} {pieces}\n```"]
    parts += [_paragraph(text) for text in inspect.cleandoc(command.help or "").split("\n\n")]
    options = _options(command, context)
    return "\n\n".join([*parts, *([options] if options else [])])


def _paragraph(text: str) -> str:
    """Keep the lines of a paragraph that click is told not to wrap: a backspace comes first."""
    lines = text.splitlines()
    if lines and lines[0] in ("\b", "\\b"):
        example = "\n".join(line.removeprefix("  ") for line in lines[2:])
        return f"{lines[1]}\n\n```text\n{example}\n```"
    return " ".join(lines)


def _options(command: click.Command, context: click.Context) -> str:
    records = (p.get_help_record(context) for p in command.params if isinstance(p, click.Option))
    rows = [(f"`{r[0]}`", _neutral(r[1])) for r in records if r]
    return table(("option", "what it does"), rows) if rows else ""


def _neutral(text: str) -> str:
    """Take the python that runs the generator out of a default."""
    return text.replace(f"py{CURRENT.replace('.', '')}-", "pyXY-")
