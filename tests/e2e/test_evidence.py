"""A photo that an ERP sends along with a rejection arrives at the marketplace as it was."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from canonical.returns import ReturnState
from tests.e2e.test_stuck_orders import order, place
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call
from workers.stack.settings_file import read_back

ACCOUNT, NUMBER = "jeddah", "10600940001"
PHOTO = bytes(range(256)) * 600
"""150 KB, near what goes along."""

pytestmark = pytest.mark.timeout(150)


async def send(platform: Held, command: dict[str, Any]) -> None:
    """As an ERP does, by the unmodified SDK."""
    bus = read_back(platform.stack.folder.settings).bus.connection_string.get_secret_value()
    key = f"{CHANNEL}:{ACCOUNT}:{NUMBER}"
    message = ServiceBusMessage(
        json.dumps(command), session_id=key, message_id=command["command_id"]
    )
    async with (
        ServiceBusClient.from_connection_string(bus) as client,
        client.get_queue_sender("commands") as sender,
    ):
        await sender.send_messages(message)


def rejection(command_id: str, return_id: str, **more: Any) -> dict[str, Any]:
    return {
        "schema": "souk.command/1",
        "command_id": command_id,
        "kind": "answer_return",
        "ref": {"channel": CHANNEL, "account": ACCOUNT, "order_id": NUMBER},
        "at": datetime.now(UTC).isoformat(),
        "return_id": return_id,
        "answer": "reject",
        "reason": "2078",
        "text": "The lid is broken.",
        **more,
    }


async def test_a_rejection_with_a_photo(platform: Held) -> None:
    operator = platform.channel.operator_url
    seller = next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)
    await place(platform, ACCOUNT, {"orderNumber": NUMBER})
    row = await order(platform, ACCOUNT, NUMBER, state="delivered")
    # The stand-in would answer by itself.
    await call("POST", f"{platform.stack.addresses.erp}/pause")
    try:
        packages = await call("GET", f"{operator}/packages/{seller}")
        package = next(p for p in packages if p["orderNumber"] == NUMBER)
        unit = {"lineId": package["lines"][0]["lineId"], "quantity": 1}
        path = f"packages/{seller}/{package['shipmentPackageId']}/claim"
        claim = await call("POST", f"{operator}/{path}", {"lines": [unit]})

        async def waits() -> bool | None:
            view = await platform.store.orders.view(row.ref)
            return any(r.state is ReturnState.WAITING_FOR_ANSWER for r in view.returns) or None

        await eventually(waits, within_s=60)
        await send(platform, rejection("erp-no-photo", claim["id"]))
        without = await order(platform, ACCOUNT, NUMBER, attention="refused")
        view = await platform.store.orders.view(without.ref)
        said = view.effect(f"return/{claim['id']}/erp-no-photo")
        assert said is not None and "needs a document" in said.answer

        photo = {
            "name": "lid.jpg",
            "media_type": "image/jpeg",
            "content": base64.b64encode(PHOTO).decode(),
        }
        await send(platform, rejection("erp-photo", claim["id"], evidence=photo))

        async def disputed() -> dict[str, Any] | None:
            ledger = await call("GET", f"{operator}/ledger?order={NUMBER}")
            (kept,) = (c for c in ledger["accounts"][seller]["claims"] if c["id"] == claim["id"])
            (item,) = kept["items"]
            return item if item["files"] else None

        item = await eventually(disputed, within_s=60)
    finally:
        await call("POST", f"{platform.stack.addresses.erp}/resume")
    assert item["issueReason"] == 2078
    assert item["files"] == [
        {
            "name": "lid.jpg",
            "media_type": "image/jpeg",
            "sha256": hashlib.sha256(PHOTO).hexdigest(),
        }
    ]
