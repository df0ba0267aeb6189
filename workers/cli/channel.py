"""`souk channel ...`."""

from typing import Annotated

import typer

from workers.cli import channel_files, options
from workers.cli.examples import CHANNEL, example

app = typer.Typer(no_args_is_help=True, help="Marketplaces: webhooks, and the folders of new ones.")
channel_files.register(app)


@app.command(
    "subscribe",
    epilog=example(
        f"souk channel subscribe {CHANNEL}", f"souk channel subscribe {CHANNEL} --account riyadh"
    ),
)
def subscribe(
    channel: Annotated[str, typer.Argument(help="The channel.")],
    account: options.Account = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Registers the webhooks of a channel's accounts, or brings them up to date."""
    from workers.cli.exits import ExitCode
    from workers.cli.output import say_json, say_table
    from workers.cli.running import run, settings_of
    from workers.operations import hooks

    done = run(hooks.subscribed(settings_of(config), channel, account))
    if as_json:
        say_json(done)
    else:
        say_table(
            ("channel", "account", "webhook", "was", "is", "to do"),
            ((x.channel, x.account, x.url, x.before, x.after, x.to_do) for x in done),
            "The channel has no account.",
        )
    if any(x.after != "active" for x in done):
        raise typer.Exit(ExitCode.WRONG)
