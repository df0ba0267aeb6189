"""`souk up`: the stack with orders at a pleasant pace, until somebody ends it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live

from store import Store
from store.errors import StoreUnavailableError
from workers.stack import table
from workers.stack.board import Board, look
from workers.stack.endings import until_told_to_end
from workers.stack.folder import DataFolder
from workers.stack.http import CallError
from workers.stack.parts import Pace
from workers.stack.sandboxes import chosen
from workers.stack.stack import Stack, running
from workers.stack.traffic import place, progress, until_webhooks_stand

LOOK_EVERY_S = 1.0
SAY_EVERY_S = 10.0
"""Where the output is no terminal."""
HANDFUL = 20
"""Orders of one plan; the next plan is made when all of them are placed."""
RETRY_AFTER_S = 2.0

Show = Callable[[Board], None]


@dataclass(frozen=True)
class UpOptions:
    """What `souk up` is asked for."""

    folder: DataFolder
    channels: tuple[str, ...]
    per_second: float
    """Orders in a second over all accounts of a channel; 0 places none."""
    pace: Pace


async def up(options: UpOptions, console: Console) -> None:
    """Runs until SIGINT or SIGTERM.

    Raises:
        StartError: A part did not start.
        FolderInUseError: Another stack runs on the folder.
    """
    await until_told_to_end(_work(options, console))
    console.print("Ended. `souk up` goes on with the same data.")


async def _work(options: UpOptions, console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    say(f"Starting in {options.folder.root}")
    wanted = chosen(options.channels)
    async with running(options.folder, wanted, options.pace, say) as stack:
        await until_webhooks_stand(stack.channels, stack.addresses.receiver)
        async with asyncio.TaskGroup() as group:
            group.create_task(_traffic(stack, options))
            group.create_task(_show(stack, console))


async def _traffic(stack: Stack, options: UpOptions) -> None:
    """Keeps orders coming: a handful after the other; what a former run began is placed first."""
    if options.per_second <= 0:
        return

    async def next_handful() -> None:
        for channel in stack.channels:
            now = await progress([channel])
            if now.placed >= now.orders:
                plan = {
                    "orders": HANDFUL,
                    "seed": options.pace.seed + now.orders,
                    "per_second": options.per_second,
                }
                await place(channel, plan)

    while True:
        await _patiently(next_handful)
        await asyncio.sleep(LOOK_EVERY_S)


async def _show(stack: Stack, console: Console) -> None:
    store = Store.connect(stack.database_url, pool_size=2, sealer=stack.sealer)
    try:
        if console.is_terminal:
            await _show_live(stack, store, console)
        else:
            await _show_lines(stack, store, console)
    finally:
        await store.close()


async def _show_live(stack: Stack, store: Store, console: Console) -> None:
    with Live(table.links(stack.addresses), console=console, auto_refresh=False) as live:

        async def frame() -> None:
            board = await look(stack, store)
            live.update(table.table(board, stack.addresses), refresh=True)

        while True:
            await _patiently(frame)
            await asyncio.sleep(LOOK_EVERY_S)


async def _show_lines(stack: Stack, store: Store, console: Console) -> None:
    for name, url in table.named(stack.addresses):
        console.print(f"{name}: {url}", markup=False, highlight=False, soft_wrap=True)

    async def say_line() -> None:
        line = table.line(await look(stack, store))
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    while True:
        await _patiently(say_line)
        await asyncio.sleep(SAY_EVERY_S)


async def _patiently(step: Callable[[], Awaitable[None]]) -> None:
    """A part that is just being restarted is asked again later."""
    try:
        await step()
    except (CallError, StoreUnavailableError):
        await asyncio.sleep(RETRY_AFTER_S)
