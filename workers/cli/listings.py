"""`souk listings ...`."""

from pathlib import Path
from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import example

app = typer.Typer(no_args_is_help=True, help="Which internal item a marketplace's SKU is.")


@app.callback()
def listings() -> None:
    """Which internal item a marketplace's SKU is."""


@app.command("import", epilog=example("souk listings import listings.csv"))
def import_file(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with the columns channel, account, channel_sku and item_id."),
    ],
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Adds and changes listings; none is removed. Orders that waited for one: `souk order resync`.

    A header line is required; other columns are ignored.
    """
    from workers.cli.output import say, say_json
    from workers.cli.running import run, settings_of
    from workers.operations.listings import imported

    counts = run(imported(settings_of(config), file))
    if as_json:
        say_json(counts)
    else:
        say(f"{counts.added} added, {counts.changed} changed, {counts.unchanged} as they were.")
