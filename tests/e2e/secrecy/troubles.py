"""What a buyer's data passes on the ways that are not the usual ones."""

import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.secrecy.buyers import CANARIES, QUOTED, package_of, place
from tests.fixtures.command import Said
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

BUYER = CANARIES[1]


@dataclass(frozen=True)
class Letter:
    """A dead letter with a canary buyer in it, as a person has dealt with it."""

    listed: Said
    shown: Said
    replayed: Said


async def unreadable(platform: Held) -> Letter:
    """A webhook that cannot be read: dead-lettered, listed, looked at, sent again."""
    package = package_of(BUYER, "10617900001") | {"lines": BUYER["lastName"]}
    raw = {"seller": platform.channel.accounts[0].seller, "body": json.dumps(package)}
    await call("POST", f"{platform.channel.operator_url}/webhooks/raw", raw)

    async def listed() -> Said | None:
        said = await platform.souk("dlq", "list", "--reason", "contract", "--json")
        return said if said.json else None

    found = await eventually(listed, within_s=30)
    letter: dict[str, Any] = found.json[0]
    entity, number = letter["entity"], str(letter["sequence_number"])
    shown = await platform.souk("dlq", "show", entity, number)
    return Letter(found, shown, await platform.souk("dlq", "replay", entity, number))


async def refused(platform: Held) -> None:
    """An order that the marketplace refuses in words that quote its buyer."""
    number = "10617900002"
    fault = {"operation": "package.status", "order_number": number, "kind": "refuse", "times": -1}
    words = f"Not to {QUOTED['lastName']}, {QUOTED['phone']}"
    await call("POST", f"{platform.channel.operator_url}/faults", {**fault, "message": words})
    await place(platform, "riyadh", package_of(QUOTED, number))

    async def stuck() -> bool | None:
        rows = await platform.store.orders.find(channel=CHANNEL, account="riyadh", order_id=number)
        return True if rows and rows[0].attention == "refused" else None

    await eventually(stuck, within_s=60)
