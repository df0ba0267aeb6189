"""`souk demo`: a seeded day at the marketplaces, judged from outside."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console

from store import Store
from workers.operations.verify import verified
from workers.stack import table
from workers.stack.board import Board
from workers.stack.child import StartError
from workers.stack.endings import until_told_to_end
from workers.stack.folder import DataFolder
from workers.stack.judging import judged
from workers.stack.mapping import map_midway
from workers.stack.parts import Pace
from workers.stack.result import DemoResult
from workers.stack.sandboxes import DemoChannel, chosen, demo_channel
from workers.stack.settings_file import read_back
from workers.stack.settling import Goal, UnfinishedError, until_finished
from workers.stack.stack import Stack, running
from workers.stack.traffic import place, progress, until_webhooks_stand

PLAIN = "plain"
WITHHELD = 1
"""Listings of each channel that are imported midway, where the traffic is a named one."""
COMING_TOGETHER_S = 20.0
"""For last answers on their way when everything looks finished."""
SAY_EVERY_S = 2.0


@dataclass(frozen=True)
class DemoOptions:
    """What `souk demo` is asked for."""

    orders: int
    """Over all channels; each gets its share."""
    channels: tuple[str, ...]
    traffic: str
    """Of the sandboxes' plans the one by this name; PLAIN: `plan` alone."""
    plan: Mapping[str, Any]
    """Pace, shares and faults of the traffic, as the sandboxes take them."""
    pace: Pace
    folder: Path | None
    """None: a folder that is gone afterwards."""
    within_s: float
    exit_at_the_end: bool


async def demo(
    options: DemoOptions, console: Console, show: Callable[[DemoResult], None]
) -> DemoResult | None:
    """Runs the demonstration to its end.

    Args:
        options: What is asked for.
        console: Where progress is said.
        show: Told the result, before the stack stays up or ends.

    Returns:
        What it came to; None where a signal ended it before.

    Raises:
        StartError: A part did not start.
    """
    results: list[DemoResult] = []

    def judged_as(result: DemoResult) -> None:
        results.append(result)
        show(result)

    if options.folder is not None:
        await until_told_to_end(_work(options, options.folder, console, judged_as))
    else:
        with tempfile.TemporaryDirectory(prefix="souk-demo-") as folder:
            await until_told_to_end(_work(options, Path(folder), console, judged_as))
    return results[0] if results else None


async def _work(
    options: DemoOptions, root: Path, console: Console, judged_as: Callable[[DemoResult], None]
) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    wanted = chosen(options.channels)
    folder = DataFolder(root)
    for row in wanted:
        _plan(await demo_channel(row, 0), options)  # refuses before anything starts
    withheld = 0 if options.traffic == PLAIN else WITHHELD
    async with running(
        folder, wanted, options.pace, say, kept_ports=False, withheld=withheld
    ) as stack:
        plans = {channel.name: _plan(channel, options) for channel in stack.channels}
        await until_webhooks_stand(stack.channels, stack.addresses.receiver)
        began = monotonic()
        before = await progress(stack.channels)
        wanted_orders = before.orders + options.orders
        for channel, orders in shares(stack.channels, options.orders):
            await place(channel, {"orders": orders, **plans[channel.name]})
        goal = Goal(wanted_orders, options.within_s)
        unfinished = await _finish(stack, goal, say)
        seconds = monotonic() - began
        judged_as(await _result(stack, goal, unfinished, seconds, options.pace.seed))
        if not options.exit_at_the_end:
            await _stay(stack, say)


def shares(channels: Sequence[DemoChannel], orders: int) -> list[tuple[DemoChannel, int]]:
    """Orders by channel, as even as whole numbers are."""
    each, rest = divmod(orders, len(channels))
    counted = [(channel, each + (place < rest)) for place, channel in enumerate(channels)]
    return [(channel, count) for channel, count in counted if count]


def _plan(channel: DemoChannel, options: DemoOptions) -> dict[str, Any]:
    if options.traffic == PLAIN:
        return dict(options.plan)
    named = channel.plans.get(options.traffic)
    if named is None:
        known = ", ".join([PLAIN, *sorted(channel.plans)])
        raise StartError(
            f"The sandbox of {channel.name} has no traffic {options.traffic!r}. Known: {known}."
        )
    return {**options.plan, **named}


async def _finish(stack: Stack, goal: Goal, say: Callable[[str], None]) -> str | None:
    """Waits for the end; says what was still open when the time was up."""
    store = Store.connect(stack.database_url, pool_size=2, sealer=stack.sealer)
    mapping = asyncio.create_task(map_midway(stack, store, goal.orders, say))
    try:
        await until_finished(stack, store, goal, _teller(say))
    except UnfinishedError as error:
        return str(error)
    finally:
        mapping.cancel()
        await asyncio.gather(mapping, return_exceptions=True)
        await store.close()
    return None


async def _result(
    stack: Stack, goal: Goal, unfinished: str | None, seconds: float, seed: int
) -> DemoResult:
    within = 0.0 if unfinished else COMING_TOGETHER_S
    verdicts = [await judged(stack, channel, within) for channel in stack.channels]
    account = await verified(read_back(stack.folder.settings), grace=timedelta(0))
    return DemoResult(
        verdicts=verdicts,
        differences=account.differences,
        unfinished=unfinished,
        wanted=goal.orders,
        seconds=seconds,
        restarts=stack.supervisor.restarts,
        seed=seed,
    )


def _teller(say: Callable[[str], None]) -> Callable[[Board], None]:
    """Says every so often where the orders stand."""
    next_at = 0.0

    def tell(board: Board) -> None:
        nonlocal next_at
        if monotonic() >= next_at:
            next_at = monotonic() + SAY_EVERY_S
            say(table.line(board))

    return tell


async def _stay(stack: Stack, say: Callable[[str], None]) -> None:
    say("Everything keeps running; Ctrl-C ends it.")
    for name, url in table.named(stack.addresses):
        say(f"{name}: {url}")
    await asyncio.Event().wait()
