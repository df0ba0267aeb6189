"""`souk channels`."""

import typer

from workers.cli import options
from workers.cli.examples import example


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("channels", epilog=example("souk channels", "souk channels --json"))(channels)


def channels(as_json: options.AsJson = False) -> None:
    """Shows the registered marketplaces and what each can do."""
    from workers.cli.output import say_json, say_table
    from workers.operations.abilities import all_abilities

    known = all_abilities()
    if as_json:
        say_json(known)
        return
    say_table(
        ("channel", "event carries", "actions", "poll every", "webhooks", "quotas"),
        (
            (
                name,
                each.event_carries,
                ", ".join(sorted(each.actions)),
                each.polling.every if each.polling else "never",
                "yes" if each.webhooks else "no",
                len(each.quotas),
            )
            for name, each in known.items()
        ),
        "No channel is registered: a channel is a row in channels/registry.toml.",
    )
