import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.sandbox.trendyol.harness import Receiver, Sandbox, Seller, accounts_file, eventually

FAST = {"ship_s": [0.05, 0.3], "deliver_s": [0.05, 0.3], "cancel_s": [0.05, 0.3]}


def sellers_of(sandbox: Sandbox, count: int) -> list[Seller]:
    return [
        Seller(sandbox, str(900100 + place), f"key{place}", f"secret{place}")
        for place in range(count)
    ]


async def serve(seller: Seller, receiver: Receiver) -> asyncio.Event:
    """Lets the seller pick and invoice what was created, as long as the event is set."""
    await seller.hook(receiver)
    at_work = asyncio.Event()
    at_work.set()

    async def react(package: Any) -> None:
        await at_work.wait()
        if package["status"] == "Created":
            await seller.set_status(package, "Picking")
            await seller.set_status(package, "Invoiced")

    receiver.react = react
    return at_work


async def finished(sandbox: Sandbox, count: int) -> Any:
    progress = await sandbox.operate("GET", "/traffic")
    return progress if progress["finished"] >= count else None


async def test_traffic_is_finished_when_the_sellers_do_their_part(directory: Path) -> None:
    sandbox = await Sandbox.start(
        directory / "data", accounts_file(directory, 2), "--time-scale", "150",
        "--knob", 'quotas={"*":[[500,10]]}',
    )  # fmt: skip
    receivers = [await Receiver().start() for _ in range(2)]
    try:
        sellers = sellers_of(sandbox, 2)
        for seller, receiver in zip(sellers, receivers, strict=True):
            await serve(seller, receiver)
        await sandbox.operate("POST", "/traffic", {"orders": 80, "per_second": 40, **FAST})
        progress = await eventually(lambda: finished(sandbox, 80), 20)
        assert (progress["cancelled"], progress["delivered"]) == (4, 76)
        await eventually(lambda: _hooks_quiet(sellers), 10)
        ledgers = [await seller.ledger() for seller in sellers]
        _check_collisions(ledgers)
        for ledger in ledgers:
            _check_orders(ledger)
            hooks = ledger["hooks"]
            assert hooks["duplicated"] >= hooks["events"] * 0.1
            assert hooks["reordered"] >= hooks["events"] * 0.1
            assert hooks["delivered"] == hooks["events"]
    finally:
        for receiver in receivers:
            await receiver.stop()
        await sandbox.stop()


async def _hooks_quiet(sellers: list[Seller]) -> bool:
    return not any([(await seller.ledger())["hooks"]["pending"] for seller in sellers])


def _check_collisions(ledgers: list[Any]) -> None:
    numbers = [sorted(ledger["orders"]) for ledger in ledgers]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == 40
    first = numbers[0][0]
    packages = [sorted(ledger["orders"][first]["packages"]) for ledger in ledgers]
    assert packages[0] == packages[1]
    assert ledgers[0]["orders"][first]["lines"] != ledgers[1]["orders"][first]["lines"]


def _check_orders(ledger: Any) -> None:
    for order in ledger["orders"].values():
        units = [unit for line in order["lines"] for unit in line["units"]]
        assert order["payable"] == str(sum(Decimal(unit["price"]) for unit in units))
        assert all(1 <= line["quantity"] <= 5 for line in order["lines"])
        [package] = order["packages"].values()
        history = [step["status"] for step in package["history"]]
        if order["outcome"] == "cancelled":
            assert history[-1] == "Cancelled"
            assert "Shipped" not in history
            assert Decimal(order["payableNow"]) == 0
        else:
            assert history[-5:] == ["Created", "Picking", "Invoiced", "Shipped", "Delivered"]
    invoiced = [write for write in ledger["writes"] if write["what"] == "status:Invoiced"]
    assert all(write["applied"] <= 1 for write in invoiced)
    assert sum(write["applied"] for write in invoiced) >= 36


async def test_an_order_that_nobody_moves_stays(sandbox: Sandbox, seller: Seller) -> None:
    plan = {"orders": 4, "per_second": 100, "sellers": [seller.id], "share_cancelled": 0}
    plan |= {"share_awaiting": 0.5, "awaiting_s": [0.05, 0.1], "reorder_share": 0}
    await sandbox.operate("POST", "/traffic", plan)

    async def created() -> Any:
        rows = await sandbox.operate("GET", f"/packages/{seller.id}")
        return len(rows) == 4 and {row["status"] for row in rows} == {"Created"}

    await eventually(created)
    assert all(not order["finished"] for order in (await seller.ledger())["orders"].values())


async def test_a_killed_sandbox_goes_on_where_it_was(directory: Path) -> None:
    accounts, data = accounts_file(directory, 1), directory / "data"
    receiver = await Receiver().start()
    sandbox = await Sandbox.start(data, accounts, "--time-scale", "150")
    [seller] = sellers_of(sandbox, 1)
    at_work = await serve(seller, receiver)
    plan = {"orders": 20, "per_second": 20, "duplicate_share": 0.3, **FAST}
    await sandbox.operate("POST", "/traffic", plan)
    await eventually(lambda: len(receiver.events) > 10)
    at_work.clear()
    await sandbox.stop(hard=True)

    sandbox = await Sandbox.start(data, accounts, "--time-scale", "150")
    try:
        seller.sandbox = sandbox
        at_work.set()
        await eventually(lambda: finished(sandbox, 20), 15)
        orders = (await seller.ledger())["orders"]
        assert sorted(orders) == [str(10_600_000_001 + place) for place in range(20)]
        assert (await seller.order())["orderNumber"] == "10600000021"
        assert float((await sandbox.operate("GET", "/knobs"))["hook_duplicate_share"]) == 0.3
    finally:
        await sandbox.stop()
        await receiver.stop()
