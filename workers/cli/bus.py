"""`souk bus ...`."""

import typer

from workers.cli.examples import example

app = typer.Typer(no_args_is_help=True, help="The message bus and its entities.")


@app.callback()
def bus() -> None:
    """The message bus and its entities."""


@app.command("declaration", epilog=example("souk bus declaration > bus.json"))
def declaration(
    lock_seconds: float = typer.Option(
        30.0, "--lock-seconds", min=1.0, max=300.0, help="How long a received message is locked."
    ),
) -> None:
    """Prints all queues, topics and subscriptions as JSON, made from the channel registry."""
    from datetime import timedelta

    from bridge.bus.declaration import declaration as declared
    from channels.registry import rows
    from workers.cli.output import say_json

    say_json(declared(rows(), lock_duration=timedelta(seconds=lock_seconds)))


@app.command("asyncapi", epilog=example("souk bus asyncapi > docs/asyncapi.yaml"))
def asyncapi() -> None:
    """Prints the bus contract for internal systems as an AsyncAPI document."""
    from bridge.bus.asyncapi import as_yaml

    typer.echo(as_yaml(), nl=False)
