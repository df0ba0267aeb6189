"""`souk order ...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import options
from workers.cli.examples import example

if TYPE_CHECKING:
    from workers.operations.asking import Ask

app = typer.Typer(no_args_is_help=True, help="Look at orders, and mend those that are stuck.")


@app.command("list", epilog=example("souk order list --attention any", "souk order list --json"))
def list_orders(
    channel: options.Channel = None,
    account: options.Account = None,
    state: Annotated[
        str | None, typer.Option("--state", help="Only in this state: new, ready, delivered, ...")
    ] = None,
    attention: Annotated[
        str | None,
        typer.Option("--attention", help="Only with this word of attention; `any` for all words."),
    ] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only unfinished orders.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Lists orders, the newest first."""
    from workers.cli.output import say_json, say_table
    from workers.cli.running import run, settings_of
    from workers.operations import orders

    wanted = orders.Wanted(channel, account, state, attention, open_only, limit)
    found = run(orders.found(settings_of(config), wanted))
    if as_json:
        say_json(found)
        return
    say_table(
        ("channel", "account", "order", "state", "version", "attention", "changed (UTC)"),
        (
            (
                x.ref.channel,
                x.ref.account,
                x.ref.order_id,
                x.state,
                x.version,
                x.attention,
                x.updated_at,
            )
            for x in found
        ),
        "No order fits. Leave out a filter, or see `souk dlq list`.",
    )


@app.command("show", epilog=example("souk order show 10600000001 --account riyadh"))
def show(
    order: options.Order,
    channel: options.Channel = None,
    account: options.Account = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Shows one order: where it stands, why, and everything that came for it."""
    from workers.cli.order_sheet import say_sheet
    from workers.cli.output import say_json
    from workers.cli.running import run, settings_of
    from workers.operations import orders

    sheet = run(orders.sheet(settings_of(config), order, channel, account))
    if as_json:
        say_json(sheet)
    else:
        say_sheet(sheet)


@app.command(
    "resync", epilog=example('souk order resync 10600000001 --account riyadh --why "SKU mapped"')
)
def resync(
    order: options.Order,
    channel: options.Channel = None,
    account: options.Account = None,
    why: options.Why = "asked on the command line",
    by: options.By = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Reads an order again at the marketplace, tries refused steps again, and goes on."""
    from workers.operations.asking import resync as ask

    _ask(ask, order, channel, account, by, why, config, as_json)


@app.command(
    "cancel", epilog=example('souk order cancel 10600000001 --account riyadh --why "sold out"')
)
def cancel(
    order: options.Order,
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept with the order.")],
    channel: options.Channel = None,
    account: options.Account = None,
    by: options.By = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Withdraws from an order; where the marketplace has no cancel, attention says what to do."""
    from workers.operations.asking import cancel as ask

    _ask(ask, order, channel, account, by, why, config, as_json)


@app.command(
    "skip", epilog=example('souk order skip 10600000001 --account riyadh --why "done in the panel"')
)
def skip(
    order: options.Order,
    why: Annotated[str, typer.Option("--why", help="How it was settled; kept with the order.")],
    step: Annotated[
        str | None,
        typer.Option("--step", help="The step's name, as `souk order show` has it; the stuck one."),
    ] = None,
    channel: options.Channel = None,
    account: options.Account = None,
    by: options.By = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Marks a stuck step as settled by a person, so that the order goes on."""
    from workers.operations.asking import skipping

    _ask(skipping(step), order, channel, account, by, why, config, as_json)


@app.command(
    "label", epilog=example("souk order label 10600000001 --account riyadh --out label.zpl")
)
def label(
    order: options.Order,
    out: Annotated[
        Path, typer.Option("--out", help="The file; several boxes get FILE-1, FILE-2, ...")
    ],
    parcel: Annotated[
        str | None, typer.Option("--parcel", help="Which one, where the order has several.")
    ] = None,
    channel: options.Channel = None,
    account: options.Account = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Fetches a parcel's shipping labels at the marketplace and writes them to a file."""
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of
    from workers.operations import labels

    wanted = labels.Wanted(order, channel, account, parcel, out)
    files = run(labels.written(settings_of(config), wanted))
    if as_json:
        say_json(files)
        return
    for each in files:
        more = f": a link, {each.link}" if each.link else f" ({each.media_type})"
        say(f"Label of parcel {each.parcel_id} written to {each.file}{more}")


def _ask(
    ask: "Ask",
    order: str,
    channel: str | None,
    account: str | None,
    by: str | None,
    why: str,
    config: Path | None,
    as_json: bool,
) -> None:
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of, who
    from workers.operations.asking import Request

    request = Request(order, channel, account, who(by), why)
    answer = run(ask(settings_of(config), request))
    if as_json:
        say_json(answer)
    else:
        say(f"{answer.workflow_id}: {answer.answer or answer.asked}")
