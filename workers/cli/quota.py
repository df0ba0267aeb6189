"""`souk quota`."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import options
from workers.cli.examples import CHANNEL, example

if TYPE_CHECKING:
    from store.limiter.standing import Standing
    from workers.operations.quotas import Quotas

HEADINGS = ("quota", "counts", "limit", "used", "free", "waiting", "next slot", "remark")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("quota", epilog=example("souk quota", f"souk quota --channel {CHANNEL} --json"))(
        quota
    )


def quota(
    channel: options.Channel = None,
    account: options.Account = None,
    every: Annotated[
        float, typer.Option("--every", min=0.1, help="Seconds between two looks.")
    ] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, not live.")] = False,
    every_quota: Annotated[
        bool, typer.Option("--all", help="Also quotas of which nothing is used.")
    ] = False,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Shows what is used of each marketplace's quotas, what is free, who waits and for how long.

    On a terminal it stays and follows, until Ctrl-C. With `--json` or into a pipe it looks once.
    """
    from workers.cli.output import say_json
    from workers.cli.running import run, settings_of
    from workers.operations.quotas import quotas

    settings = settings_of(config)

    async def work() -> None:
        async with quotas(settings, channel, account) as opened:
            if as_json:
                say_json(await opened.read())
            else:
                await _show(opened, every, once, every_quota)

    run(work())


async def _show(opened: "Quotas", every: float, once: bool, every_quota: bool) -> None:
    from rich.console import Console
    from rich.live import Live

    console = Console()
    found = await opened.read()
    if once or not console.is_terminal:
        console.print(_table(found, every_quota))
        return
    with Live(_table(found, every_quota), console=console, auto_refresh=False) as live:
        while True:
            live.update(_table(await opened.read(), every_quota), refresh=True)
            await asyncio.sleep(every)


def _table(found: "list[Standing]", every_quota: bool) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = [s for s in found if every_quota or _in_use(s)]
    if not shown:
        return Text(f"Nothing is used of {len(found)} quotas, and nobody waits.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for standing in shown:
        table.add_row(*_cells(standing))
    return table


def _in_use(standing: "Standing") -> bool:
    return bool(standing.used or standing.waiting or standing.waiting_urgent or standing.closed)


def _cells(standing: "Standing") -> tuple[str, ...]:
    waiting = f"{standing.waiting}"
    if standing.waiting_urgent:
        waiting += f" and {standing.waiting_urgent} urgent"
    return (
        standing.key,
        standing.kind,
        f"{standing.limit:g}",
        f"{standing.used:g}",
        f"{standing.free:g}",
        waiting,
        _slots(standing),
        _remark(standing),
    )


def _slots(standing: "Standing") -> str:
    if standing.next_slot <= 0:
        return "now"
    urgent = "now" if standing.next_urgent <= 0 else f"{standing.next_urgent:.1f} s"
    return f"in {standing.next_slot:.1f} s, urgent {urgent}"


def _remark(standing: "Standing") -> str:
    if standing.closed:
        return f"refused: closed for {standing.closed:.0f} s"
    if standing.limit < standing.declared:
        return f"{standing.declared} declared; the marketplace refused before that"
    return ""
