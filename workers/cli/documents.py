"""`souk documents ...`."""

from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import options
from workers.cli.examples import example

if TYPE_CHECKING:
    from store.document_results import KeptDocument

app = typer.Typer(no_args_is_help=True, help="Settlements, reports and invoices.")

Document = Annotated[
    str,
    typer.Argument(
        metavar="DOCUMENT", help="The marketplace's id of it, or its own number (a settlement's)."
    ),
]


@app.command(
    "list", epilog=example("souk documents list --state parked", "souk documents list --json")
)
def list_documents(
    channel: options.Channel = None,
    account: options.Account = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only of this kind, in the marketplace's word.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", help="Only found, fetched, stored, repeated or parked ones."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Lists documents, the newest first."""
    from workers.cli.output import say_json, say_table
    from workers.cli.running import run, settings_of
    from workers.operations import documents

    wanted = documents.Wanted(channel or "", account or "", kind or "", state or "", limit)
    found = run(documents.found(settings_of(config), wanted))
    if as_json:
        say_json(found)
        return
    say_table(
        ("channel", "account", "holds", "id", "number", "state", "rows", "total", "why"),
        (
            (
                k.ref.channel,
                k.ref.account,
                k.content or k.ref.kind,
                k.ref.document_id,
                k.number,
                k.state,
                k.row_count,
                k.total,
                _why(k),
            )
            for k in found
        ),
        "No document fits.",
    )


@app.command("show", epilog=example("souk documents show 51200199120 --account riyadh"))
def show(
    document: Document,
    channel: options.Channel = None,
    account: options.Account = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Shows one document: what it holds, or why it cannot be read."""
    from dataclasses import asdict

    from workers.cli.output import cell, say, say_json
    from workers.cli.running import run, settings_of
    from workers.operations import documents

    kept = run(documents.shown(settings_of(config), document, channel, account))
    if as_json:
        say_json(kept)
        return
    say(f"{kept.ref.workflow_id}: {kept.state}")
    for name, value in asdict(kept).items():
        if name not in ("ref", "state") and value is not None:
            say(f"  {name.replace('_', ' ')}: {cell(value)}")


@app.command(
    "retry", epilog=example('souk documents retry 51200199120 --why "the report was made anew"')
)
def retry(
    document: Document,
    channel: options.Channel = None,
    account: options.Account = None,
    why: options.Why = "asked on the command line",
    by: options.By = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Has a parked document read again, or fetched where nothing of it is kept."""
    from activities.signatures.asks import Asked
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of, who
    from workers.operations import documents

    asked = Asked(by=who(by), why=why)
    answer = run(documents.retried(settings_of(config), document, channel, account, asked))
    if as_json:
        say_json(answer)
    else:
        say(f"{answer.workflow_id}: {answer.answer}")


def _why(kept: "KeptDocument") -> str:
    if kept.reason is None:
        return ""
    where = f", line {kept.line}" if kept.line is not None else ""
    return f"{kept.reason}{where}: {kept.detail}"
