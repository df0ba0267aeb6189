"""`souk verify`."""

from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import example


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("verify", epilog=example("souk verify", "souk verify --json"))(verify)


def verify(
    grace: Annotated[
        float,
        typer.Option("--grace", min=0.0, help="Seconds that an event may be on its way."),
    ] = 60.0,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Proves that everything that came is accounted for, and says each difference in a sentence.

    Events received = applied + superseded + dead letters; every open order has a running workflow;
    orders, lines and parcels agree; nothing hangs half done.
    """
    from datetime import timedelta

    from workers.cli.exits import ExitCode
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of
    from workers.operations.verify import verified

    account = run(verified(settings_of(config), timedelta(seconds=grace)))
    if as_json:
        say_json(account)
    else:
        say(
            f"{account.received} received = {account.applied} applied"
            f" + {account.superseded} superseded + {account.dead_letters} dead letters"
            f" + {account.on_their_way} on their way;"
            f" {account.orders} orders, {account.open_orders} open."
        )
        for sentence in account.differences:
            say(f"- {sentence}")
        say("Everything is accounted for." if account.balanced else "Not everything is.")
    if not account.balanced:
        raise typer.Exit(ExitCode.WRONG)
