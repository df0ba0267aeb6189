"""`souk up` and `souk demo`: everything embedded on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import options
from workers.cli.examples import CHANNEL, example

if TYPE_CHECKING:
    from workers.stack.result import DemoResult


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("up", epilog=example("souk up", "souk up --data /var/tmp/souk --per-second 2"))(up)
    app.command(
        "demo",
        epilog=example(
            f"souk demo --orders 100 --channels {CHANNEL} --seed 7 --exit --json",
            "souk demo --orders 30 --lost-hook-share 0.2",
            "souk demo --orders 100 --traffic whole --exit",
        ),
    )(demo)


def up(
    data: options.Data = Path(".souk"),
    channels: options.Channels = "",
    per_second: Annotated[
        float,
        typer.Option("--per-second", min=0.0, max=20.0, help="Orders in a second; 0 for none."),
    ] = 0.5,
    seed: options.Seed = 7,
) -> None:
    """Starts everything embedded, with orders at a pleasant pace, and shows it at work.

    Temporal with its web UI, PostgreSQL, the bus, the marketplaces' sandboxes, an ERP, and the
    platform. Ctrl-C ends all of it; the next start goes on with the same data.
    """
    from rich.console import Console

    from workers.cli.running import run
    from workers.stack.folder import DataFolder
    from workers.stack.parts import Pace
    from workers.stack.up import UpOptions
    from workers.stack.up import up as work

    wanted = UpOptions(DataFolder(data), options.names(channels), per_second, Pace(seed=seed))
    run(work(wanted, Console()))


def demo(
    orders: Annotated[int, typer.Option("--orders", min=1, help="How many are placed.")] = 100,
    channels: options.Channels = "",
    seed: options.Seed = 7,
    data: Annotated[
        Path | None, typer.Option("--data", help="Kept folder; a temporary one without it.")
    ] = None,
    per_second: Annotated[
        float, typer.Option("--per-second", min=0.1, max=100.0, help="Orders placed in a second.")
    ] = 20.0,
    traffic: Annotated[
        str,
        typer.Option(
            "--traffic",
            help="plain: orders and cancels, as the shares say. whole: also returns, partial"
            " cancels, splits, unmapped items, lost webhooks, hooks that go passive, ...",
        ),
    ] = "plain",
    duplicate_share: options.DuplicateShare = 0.12,
    reorder_share: options.ReorderShare = 0.12,
    lost_hook_share: options.LostHookShare = 0.0,
    cancelled_share: options.CancelledShare = 0.05,
    lock_seconds: Annotated[
        float, typer.Option("--lock-seconds", min=1.0, max=300.0, help="The bus's message lock.")
    ] = 30.0,
    within: Annotated[
        float, typer.Option("--within", min=1.0, help="Seconds until it is given up.")
    ] = 300.0,
    exit_at_the_end: Annotated[
        bool, typer.Option("--exit", help="End with the result instead of staying up.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Places seeded orders, waits until all are finished, and has an outside checker judge.

    The last line is one JSON object with --json. Exit code 0 only when every order is finished and
    none is lost, duplicated, wrong or in need of a person.
    """
    from datetime import timedelta

    from rich.console import Console

    from workers.cli.demo_result import say_result
    from workers.cli.exits import ExitCode
    from workers.cli.running import run
    from workers.stack.demo import DemoOptions
    from workers.stack.demo import demo as work
    from workers.stack.parts import Pace

    wanted = DemoOptions(
        orders=orders,
        channels=options.names(channels),
        traffic=traffic,
        plan={
            "seed": seed,
            "per_second": per_second,
            "duplicate_share": duplicate_share,
            "reorder_share": reorder_share,
            "lost_hook_share": lost_hook_share,
            "share_cancelled": cancelled_share,
        },
        pace=Pace(
            seed=seed,
            lock=timedelta(seconds=lock_seconds),
            poll_every=timedelta(seconds=15 if traffic == "plain" else 5),
        ),
        folder=data,
        within_s=within,
        exit_at_the_end=exit_at_the_end,
    )

    def show(result: "DemoResult") -> None:
        say_result(result, as_json)

    result = run(work(wanted, Console(stderr=as_json), show))
    if result is None or not result.clean:
        raise typer.Exit(ExitCode.WRONG)
