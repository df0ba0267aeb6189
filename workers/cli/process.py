"""`souk worker` and `souk bridge`: the platform's own processes."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import options
from workers.cli.examples import CHANNEL, example

if TYPE_CHECKING:
    from bridge.process import Part


class Edge(StrEnum):
    """The parts of the bridge."""

    RECEIVER = "receiver"
    DISPATCHER = "dispatcher"


PARTS: "dict[Edge | None, frozenset[Part]]" = {
    Edge.RECEIVER: frozenset({"receiver"}),
    Edge.DISPATCHER: frozenset({"dispatcher"}),
    None: frozenset({"receiver", "dispatcher"}),
}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("worker", epilog=example("souk worker", f"souk worker --channel {CHANNEL}"))(worker)
    app.command("bridge", epilog=example("souk bridge", "souk bridge --only receiver"))(bridge)


def worker(
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", help="Only this channel's task queues; may be repeated."),
    ] = None,
    config: options.Config = None,
) -> None:
    """Runs the workflows and activities of the configured channels until it is told to end."""
    from workers import logs
    from workers.cli.running import serve, settings_of
    from workers.process import run as work

    settings = settings_of(config)
    logs.configure(settings.log_level)
    serve(work(settings, channel))


def bridge(
    only: Annotated[
        Edge | None, typer.Option("--only", help="One part alone; both without it.")
    ] = None,
    config: options.Config = None,
) -> None:
    """Runs the webhook receiver and the dispatcher (bus to inbox to Temporal) until told to end."""
    from workers.bridge_process import bridge as work
    from workers.cli.running import serve, settings_of

    serve(work(settings_of(config), PARTS[only]))
