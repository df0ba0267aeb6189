"""`souk account ...`."""

from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import example

app = typer.Typer(no_args_is_help=True, help="Sellers' accounts: keys, webhooks, polls.")


@app.command("list", epilog=example("souk account list", "souk account list --json"))
def list_accounts(config: options.Config = None, as_json: options.AsJson = False) -> None:
    """Lists the configured accounts with their webhook, the age of the last poll, and troubles."""
    from workers.cli.output import say_json, say_table
    from workers.cli.running import run, settings_of
    from workers.operations import accounts

    found = run(accounts.listed(settings_of(config)))
    if as_json:
        say_json(found)
        return
    say_table(
        ("channel", "account", "webhook", "last poll", "attention"),
        ((x.channel, x.account, *_standing(x.standing)) for x in found),
        "No account is configured.",
    )


@app.command("resync", epilog=example('souk account resync trendyol riyadh --why "keys renewed"'))
def resync(
    channel: Annotated[str, typer.Argument(help="The account's channel.")],
    account: Annotated[str, typer.Argument(help="Our name of the account.")],
    why: options.Why = "asked on the command line",
    by: options.By = None,
    config: options.Config = None,
) -> None:
    """Checks an account now: credentials, webhook, polls."""
    from activities.signatures.asks import Asked
    from workers.cli.output import say
    from workers.cli.running import run, settings_of, who
    from workers.operations import accounts

    asked = Asked(by=who(by), why=why)
    say(run(accounts.resync(settings_of(config), channel, account, asked)))


def _standing(standing: object) -> tuple[str, str, str]:
    if isinstance(standing, str):
        return "", "", standing
    age = getattr(standing, "poll_age_seconds", None)
    attention = getattr(standing, "attention", None)
    words = f"{attention.word}: {attention.what_happened}" if attention else ""
    return getattr(standing, "webhook", ""), "" if age is None else f"{age:.0f} s ago", words
