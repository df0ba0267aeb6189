"""`souk map CHANNEL FILE`."""

from pathlib import Path
from typing import Annotated

import typer

from workers.cli.examples import CHANNEL, example


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("map", epilog=example(f"souk map {CHANNEL} order.json", f"souk map {CHANNEL} -"))(
        map_file
    )


def map_file(
    channel: Annotated[str, typer.Argument(help="A registered channel, as in `souk channels`.")],
    file: Annotated[
        Path, typer.Argument(help="What the marketplace sent; - reads standard input.")
    ],
    account: Annotated[str, typer.Option("--account", help="Stands in the result.")] = "example",
) -> None:
    """Shows the canonical order, as JSON, that a marketplace's payload becomes.

    A payload that holds several orders prints one line for each. Nothing is stored or sent.
    """
    from workers.cli.output import say
    from workers.operations.mapping import mapped

    for order in mapped(channel, account, file):
        say(order.model_dump_json(by_alias=True))
