"""Items that nobody had mapped when the orders began: mapped midway, as an engineer would."""

import asyncio
import csv
import tempfile
from pathlib import Path
from typing import Final

from canonical.attention import AttentionWord
from store import Store
from store.errors import StoreUnavailableError
from store.results import OrderSummary
from workers.operations.asking import Request, resync
from workers.operations.errors import OperationError
from workers.operations.listings import imported
from workers.settings import Settings
from workers.stack.http import CallError
from workers.stack.settings_file import read_back
from workers.stack.stack import Stack
from workers.stack.supervisor import Say
from workers.stack.traffic import progress

LOOK_EVERY_S: Final = 0.5
MANY: Final = 500
COLUMNS: Final = ("channel", "account", "channel_sku", "item_id")


async def map_midway(stack: Stack, store: Store, orders: int, say: Say) -> None:
    """Imports the withheld listings once half the orders are placed and some wait for them.

    Then every order that waits is read again, those too whose wait is seen later; ends never.
    """
    if not stack.withheld:
        return
    settings = read_back(stack.folder.settings)
    while not await _is_time(stack, store, orders):  # noqa: ASYNC110 - other processes tell
        await asyncio.sleep(LOOK_EVERY_S)
    with tempfile.TemporaryDirectory() as folder:
        counts = await imported(settings, _written(stack, Path(folder)))
    say(f"Mapped {counts.added} items that orders were waiting for.")
    while True:
        for order in await _waiting(store):
            await _read_again(settings, order)
        await asyncio.sleep(LOOK_EVERY_S)


async def _is_time(stack: Stack, store: Store, orders: int) -> bool:
    try:
        placed = (await progress(stack.channels)).placed
    except CallError:
        return False
    return placed >= orders or (2 * placed >= orders and bool(await _waiting(store)))


async def _waiting(store: Store) -> list[OrderSummary]:
    try:
        return await store.orders.find(attention=AttentionWord.UNMAPPED_ITEM, limit=MANY)
    except StoreUnavailableError:
        return []


async def _read_again(settings: Settings, order: OrderSummary) -> None:
    ref = order.ref
    asked = Request(ref.order_id, ref.channel, ref.account, "demo", "the item is mapped now")
    try:
        await resync(settings, asked)
    except OperationError:
        return  # it ended meanwhile, or is asked again at the next look


def _written(stack: Stack, folder: Path) -> Path:
    file = folder / "listings.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, COLUMNS)
        rows.writeheader()
        rows.writerows(stack.withheld)
    return file
