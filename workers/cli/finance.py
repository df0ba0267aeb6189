"""`souk finance`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import CHANNEL, example


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "finance",
        epilog=example(
            f"souk finance {CHANNEL} riyadh --since 2026-11-01 --until 2026-12-01",
            f"souk finance {CHANNEL} riyadh --since 2026-11-01 --out november.jsonl",
        ),
    )(finance)


def finance(
    channel: Annotated[str, typer.Argument(help="The account's channel.")],
    account: Annotated[str, typer.Argument(help="Our name of the account.")],
    since: Annotated[
        str, typer.Option("--since", help="From then on: a date, or a time; UTC without a zone.")
    ],
    until: Annotated[
        str | None, typer.Option("--until", help="Before then; up to now without it.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only this kind, of `souk channels --json`; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write JSON lines to this file instead.")
    ] = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Reads an account's settlement rows at the marketplace. Nothing is stored."""
    from workers.cli.output import say, say_table
    from workers.cli.running import run, settings_of
    from workers.operations import finance as operation

    begin, end = _instant(since, "--since"), _instant(until, "--until")
    wanted = operation.Wanted(channel, account, begin, end, tuple(kind or ()))
    rows = run(operation.found(settings_of(config), wanted))
    if out is not None:
        operation.keep(rows, out)
        say(f"{len(rows.rows)} rows written to {out}.")
    elif as_json:
        say(f"[{', '.join(rows.json_lines())}]")
    else:
        say_table(
            ("kind", "row", "order", "the row's own fields"),
            rows.in_words(),
            "No rows. The marketplace may enter them days after delivery.",
        )


def _instant(text: str | None, option: str) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date or time, as 2026-11-24 or 2026-11-24T08:00+03:00.",
            param_hint=option,
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
