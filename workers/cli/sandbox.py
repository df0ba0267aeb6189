"""`souk sandbox NAME ...`: a stand-in as a program of its own."""

from typing import Annotated

import typer

from workers.cli.examples import example


def register(app: typer.Typer) -> None:
    """Adds the command."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    command = app.command(
        "sandbox",
        context_settings=settings,
        epilog=example(
            "souk sandbox servicebus --port 5672 --config bus.yaml --data ./bus",
            "souk sandbox servicebus --help",
        ),
    )
    command(sandbox)


def sandbox(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The stand-in: servicebus, erp, a channel, ...")],
) -> None:
    """Runs one stand-in alone; what follows its name is its own (`--help` lists it)."""
    from workers.operations.standing_in import run_stand_in

    run_stand_in(name, context.args)
