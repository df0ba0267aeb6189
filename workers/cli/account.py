"""`souk account ...`."""

from pathlib import Path
from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import CHANNEL, example

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
        ("channel", "account", "webhook", "last poll", "of returns", "attention"),
        ((x.channel, x.account, *_standing(x.standing)) for x in found),
        "No account is configured.",
    )


Channel = Annotated[str, typer.Argument(help="The account's channel.")]
Account = Annotated[str, typer.Argument(help="Our name of the account.")]


@app.command("resync", epilog=example(f'souk account resync {CHANNEL} riyadh --why "keys renewed"'))
def resync(
    channel: Channel,
    account: Account,
    why: options.Why = "asked on the command line",
    by: options.By = None,
    config: options.Config = None,
) -> None:
    """Checks an account now: credentials, webhook, polls."""
    from activities.signatures.asks import RESYNC

    _ask(RESYNC, channel, account, why, by, config)


@app.command("pause", epilog=example(f'souk account pause {CHANNEL} riyadh --why "stock taking"'))
def pause(
    channel: Channel,
    account: Account,
    why: Annotated[str, typer.Option("--why", help="The reason; it is shown with the account.")],
    by: options.By = None,
    config: options.Config = None,
) -> None:
    """Holds an account's polls and marketplace calls back; hooks and commands are still taken."""
    from activities.signatures.asks import PAUSE

    _ask(PAUSE, channel, account, why, by, config)


@app.command("resume", epilog=example(f"souk account resume {CHANNEL} riyadh"))
def resume(
    channel: Channel,
    account: Account,
    why: options.Why = "asked on the command line",
    by: options.By = None,
    config: options.Config = None,
) -> None:
    """Lets a paused account go on, also one that was paused as its login was refused."""
    from activities.signatures.asks import RESUME

    _ask(RESUME, channel, account, why, by, config)


def _ask(
    update: str, channel: str, account: str, why: str, by: str | None, config: Path | None
) -> None:
    from activities.signatures.asks import Asked
    from workers.cli.output import say
    from workers.cli.running import run, settings_of, who
    from workers.operations import accounts

    asked = Asked(by=who(by), why=why)
    say(run(accounts.ask(settings_of(config), update, channel, account, asked)))


def _standing(standing: object) -> tuple[str, str, str, str]:
    if isinstance(standing, str):
        return "", "", "", standing
    attention = getattr(standing, "attention", None)
    words = f"{attention.word}: {attention.what_happened}" if attention else ""
    orders, returns = _ago(standing, "poll_age_seconds"), _ago(standing, "returns_poll_age_seconds")
    return getattr(standing, "webhook", ""), orders, returns, words


def _ago(standing: object, name: str) -> str:
    age = getattr(standing, name, None)
    return "" if age is None else f"{age:.0f} s ago"
