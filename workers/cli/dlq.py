"""`souk dlq ...`."""

from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import CHANNEL, example

app = typer.Typer(no_args_is_help=True, help="Messages that could not be processed.")

Entity = Annotated[
    str, typer.Argument(help="A queue, or topic/Subscriptions/name, as `souk dlq list` has it.")
]
Reason = Annotated[str | None, typer.Option("--reason", help="Only those with this reason.")]


@app.command("list", epilog=example("souk dlq list", "souk dlq list --reason contract --json"))
def list_letters(
    entity: Annotated[str | None, typer.Option("--entity", help="Only of this entity.")] = None,
    reason: Reason = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Lists the dead letters of every queue and subscription, with the reason of each."""
    from workers.cli.output import say_json, say_table
    from workers.cli.running import run, settings_of
    from workers.operations import dead_letters

    letters = run(dead_letters.listed(settings_of(config), entity, reason))
    if as_json:
        say_json(letters)
        return
    say_table(
        ("entity", "number", "reason", "description", "order", "came (UTC)", "tries"),
        (
            (
                x.entity,
                x.sequence_number,
                x.reason,
                x.description,
                x.properties.get("order_id"),
                x.enqueued_at,
                x.delivery_count,
            )
            for x in letters
        ),
        "There are no dead letters.",
    )


@app.command("show", epilog=example(f"souk dlq show {CHANNEL}-inbound 17"))
def show(
    entity: Entity,
    number: Annotated[int, typer.Argument(help="Its number in `souk dlq list`.")],
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Shows one dead letter with its body, which may hold personal data."""
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of
    from workers.operations import dead_letters

    opened = run(dead_letters.opened(settings_of(config), entity, number))
    if as_json:
        say_json(opened)
        return
    letter = opened.letter
    say(f"{letter.entity} {letter.sequence_number}: {letter.reason}: {letter.description}")
    for name, value in sorted(letter.properties.items()):
        say(f"  {name}: {value}")
    say(opened.body)


@app.command(
    "replay",
    epilog=example(f"souk dlq replay {CHANNEL}-inbound 17", "souk dlq replay commands --all"),
)
def replay(
    entity: Entity,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Their numbers in `souk dlq list`.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of the entity.")] = False,
    reason: Reason = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Sends dead letters again, once their cause is mended; doing it twice changes nothing."""
    from workers.cli.exits import ExitCode
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of
    from workers.operations import dead_letters

    if not numbers and not every and reason is None:
        raise typer.BadParameter("Say which: numbers, --reason, or --all.")
    done = run(dead_letters.replayed(settings_of(config), entity, numbers, reason))
    if as_json:
        say_json(done)
    else:
        say(dead_letters.in_words(done))
    if done.missing:
        raise typer.Exit(ExitCode.WRONG)
