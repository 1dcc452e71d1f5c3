"""The command line: `qualify VERB`."""

from __future__ import annotations

import io
import signal
import sys
import traceback

import click

from qualify.cli.adapter import adapter
from qualify.cli.baseline import baseline
from qualify.cli.bisect import bisect
from qualify.cli.calibrate import calibrate
from qualify.cli.commands import COMMANDS
from qualify.cli.compare import compare
from qualify.cli.cost import cost
from qualify.cli.diagnose import diagnose
from qualify.cli.explain import explain
from qualify.cli.history import history
from qualify.cli.ingest import ingest
from qualify.cli.init import init
from qualify.cli.plan import plan
from qualify.cli.power import power, relate
from qualify.cli.publish import publish
from qualify.cli.serve import serve
from qualify.core.errors import EXIT_MEANINGS, ExitCode, QualifyError

_EPILOG = "Exit codes: " + "; ".join(f"{code.value} {text}" for code, text in EXIT_MEANINGS.items())


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="automl-qualify")
def cli() -> None:
    """Decide whether a build of an AutoML package may ship.

    \b
    Examples:
      qualify run                                      the configured candidate and baseline
      qualify run --candidate flaml==2.7.0 --baseline flaml==2.6.0
      qualify run --candidate . --select '*breast_cancer*'
      qualify plan                                     what it would cost, and find
      qualify grid                                     draw every build of this folder
    """  # noqa: D301


for command in (
    *COMMANDS,
    adapter,
    baseline,
    plan,
    cost,
    compare,
    explain,
    publish,
    diagnose,
    bisect,
    calibrate,
    history,
    ingest,
    init,
    serve,
):
    cli.add_command(command)
for command in (power, relate):
    baseline.add_command(command)


def _interrupt(*_: object) -> None:
    """Let a terminated run end its children as an interrupted one does."""
    raise KeyboardInterrupt


def main() -> None:
    """Run a verb; every known error ends in its message, its remedy and its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an ASCII terminal shows ? for a glyph
            stream.reconfigure(errors="replace")
    try:
        code = cli.main(standalone_mode=False)
    except QualifyError as error:
        click.secho(f"error: {error.message}", fg="red", err=True)
        if error.remedy:
            click.secho(f"remedy: {error.remedy}", err=True)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        click.secho("interrupted; the same command resumes where it stopped", err=True)
        code = ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001  (the last resort: a defect of ours)
        traceback.print_exc()
        click.secho("error: this is a defect of the harness; please report it", fg="red", err=True)
        code = ExitCode.INTERNAL
    sys.exit(int(code or 0))
