"""Options and arguments that several commands share, each described once."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of text for people.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="SOUK_CONFIG",
        show_envvar=True,
        help="The settings file; souk.yaml here, else the one that `souk up` wrote, by default.",
    ),
]
Channel = Annotated[str | None, typer.Option("--channel", help="Only this channel.")]
Account = Annotated[str | None, typer.Option("--account", help="Only this account of a channel.")]
Order = Annotated[
    str, typer.Argument(metavar="ORDER", help="The marketplace's order number, or a workflow id.")
]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept with the order.")]
By = Annotated[
    str | None, typer.Option("--by", help="Who asks; your login name if it is left out.")
]
Data = Annotated[
    Path, typer.Option("--data", help="The folder that holds all data of the embedded stack.")
]
Channels = Annotated[
    str, typer.Option("--channels", help="Channels with commas between them; all without it.")
]
Seed = Annotated[int, typer.Option("--seed", help="Equal seeds make equal orders.")]
DuplicateShare = Annotated[
    float,
    typer.Option("--duplicate-share", min=0, max=1, help="Webhook deliveries that come twice."),
]
ReorderShare = Annotated[
    float,
    typer.Option("--reorder-share", min=0, max=1, help="Webhook deliveries out of order."),
]
LostHookShare = Annotated[
    float,
    typer.Option("--lost-hook-share", min=0, max=1, help="Webhook deliveries that never come."),
]
CancelledShare = Annotated[
    float, typer.Option("--cancelled-share", min=0, max=1, help="Orders that customers cancel.")
]


def names(text: str) -> tuple[str, ...]:
    """The names in a list with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
