from __future__ import annotations

import sys

import click
import pytest

from qualify import cli
from qualify.config import json_schema
from qualify.core.errors import DiskFullError, ExitCode, QualifyError

ENDS = {
    "wrong use": (QualifyError("no such key", "mend it"), ExitCode.USAGE, "remedy: mend it"),
    "a full disk": (DiskFullError("full"), ExitCode.INFRASTRUCTURE, "error: full"),
    "a wrong option": (click.UsageError("no such option"), ExitCode.USAGE, "no such option"),
    "an interrupt": (KeyboardInterrupt(), ExitCode.INTERRUPTED, "resumes"),
    "a defect": (ZeroDivisionError("ours"), ExitCode.INTERNAL, "defect of the harness"),
}


def main(monkeypatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["qualify", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return caught.value.code


@pytest.mark.parametrize("end", ENDS)
def test_every_end_has_its_code_and_words(end, monkeypatch, capsys):
    """Each kind of error ends with its own code, on the error stream, and says what to do."""
    error, code, said = ENDS[end]

    @click.command()
    def breaks() -> None:
        """Break."""
        raise error

    monkeypatch.setitem(cli.cli.commands, "breaks", breaks)
    assert main(monkeypatch, "breaks") == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
    assert ("Traceback" in shown.err) == (code is ExitCode.INTERNAL)


def test_help_names_every_verb_and_code(monkeypatch, capsys):
    """The help lists the verbs with a line each and what the exit codes mean."""
    assert main(monkeypatch, "--help") == 0
    out = capsys.readouterr().out
    for verb, command in cli.cli.commands.items():
        assert f"\n  {verb} " in out
        assert command.help
    for code in ExitCode:
        assert str(code.value) in out


def test_every_option_is_explained():
    """No option of any verb stands there without a word, but for the obvious."""
    obvious = {"runners", "installer", "lane"}
    verbs = list(cli.cli.commands.values())
    verbs += [c for v in verbs if isinstance(v, click.Group) for c in v.commands.values()]
    for verb in verbs:
        for option in (p for p in verb.params if isinstance(p, click.Option)):
            explained = getattr(option, "help", None) or option.name in obvious
            assert explained, f"{verb.name} --{option.name}"


def test_the_schema_is_printed(monkeypatch, capsys):
    """`qualify schema` prints the schema and nothing else."""
    assert main(monkeypatch, "schema") == 0
    assert capsys.readouterr().out == json_schema()


@pytest.mark.parametrize("arguments", [("frobnicate",), ("run", "--jobs", "0"), ("judge", "--x")])
def test_wrong_use(monkeypatch, capsys, arguments):
    """An unknown verb or option, or a value that cannot be, ends 2."""
    assert main(monkeypatch, *arguments) == ExitCode.USAGE
    assert "Error" in capsys.readouterr().err
