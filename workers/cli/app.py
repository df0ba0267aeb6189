"""The application: all commands put together, and the one place where errors end."""

from importlib.metadata import version
from typing import Annotated

import typer

from workers.cli import (
    account,
    bus,
    channel,
    channels,
    db,
    dlq,
    documents,
    finance,
    keys,
    listings,
    map,
    order,
    process,
    quota,
    sandbox,
    stack,
    verify,
)
from workers.cli.examples import example
from workers.cli.exits import ExitCode
from workers.cli.failures import exit_code
from workers.cli.leaving import leave

INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended."""

app = typer.Typer(
    name="souk",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example("souk up", "souk order list --attention any"),
)
app.add_typer(order.app, name="order")
app.add_typer(account.app, name="account")
app.add_typer(channel.app, name="channel")
app.add_typer(dlq.app, name="dlq")
app.add_typer(listings.app, name="listings")
app.add_typer(documents.app, name="documents")
app.add_typer(db.app, name="db")
app.add_typer(keys.app, name="keys")
app.add_typer(bus.app, name="bus")
for module in (stack, process, verify, quota, keys, finance, map, channels, sandbox):
    module.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"souk {version('souk')}")
        raise typer.Exit


@app.callback()
def souk(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Marketplace orders to your systems and back, exactly once.

    Exit codes: 0 in order, 1 something wrong was found, 2 the command or the settings are wrong, 3
    something that is needed does not answer.
    """


def run() -> None:
    """Runs the command line; what a person can act upon ends in one sentence."""
    leave(_code())


def _code() -> int:
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        typer.echo(f"souk: {error}", err=True)
        return code
    return ExitCode.OK
