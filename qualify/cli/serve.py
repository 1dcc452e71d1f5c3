"""`qualify serve`: the page of this work folder, live."""

from __future__ import annotations

import webbrowser
from typing import Any

import click

from qualify.cli.options import placed, reader
from qualify.core.errors import ConfigError
from qualify.verbs.publishing.serve import serve as serving

PORT = 8642


@click.command()
@placed
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="0 takes a free one.",
)
@click.option("--open", "browse", is_flag=True, help="Open the page in a browser.")
def serve(*, port: int, browse: bool, **given: Any) -> None:
    """Show the page on this machine, drawn anew while a run goes on, until interrupted.

    \b
    Examples:
      qualify serve
      qualify serve --port 0 --open
    """  # noqa: D301
    ready = reader(given, lambda said: click.echo(said, err=True))

    def told(url: str) -> None:
        click.echo(f"{url}  (Ctrl-C ends it)")
        if browse:
            webbrowser.open(url)

    try:
        serving(ready, port, told)
    except KeyboardInterrupt:
        click.echo("ended")
    except OSError as error:
        remedy = "choose another --port, or 0 for a free one"
        raise ConfigError(f"port {port}: {error.strerror or error}", remedy) from None
