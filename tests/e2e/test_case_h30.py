"""H30: a refusal of thousands of characters does not end the order that shows it."""

import pytest

from tests.e2e.test_stuck_orders import (
    details_in_the_web_ui,
    in_the_web_ui,
    order,
    place,
    temporal,
)
from tests.fixtures.stack import Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

WORDS = "تعذّر تحديث الطلب لأن المخزون غير كافٍ. The order cannot be updated: stock is short. "
LONG = WORDS * 80
"""Over 6,000 characters; in UTF-8 five times what a search attribute may hold."""


@pytest.mark.timeout(150)
async def test_h30_the_order_stays_and_is_found_and_mended(platform: Held) -> None:
    assert len(LONG) > 6_000
    number, operator = "10600300001", platform.channel.operator_url
    fault = {"operation": "package.status", "order_number": number, "kind": "refuse", "times": -1}
    await call("POST", f"{operator}/faults", {**fault, "message": LONG})
    try:
        await place(platform, "jeddah", {"orderNumber": number})
        stuck = await order(platform, "jeddah", number, attention="refused")
        workflow_id = stuck.ref.workflow_id

        async def listed() -> bool | None:
            query = (
                "SoukAttention%20%3D%20%22refused%22%20AND%20ExecutionStatus%20%3D%20%22Running%22"
            )
            return True if workflow_id in await in_the_web_ui(platform, query) else None

        await eventually(listed, within_s=20)
        details = await details_in_the_web_ui(platform, workflow_id)
        assert LONG.strip() in details, "there is room for all of it"
        assert "souk order resync" in details
    finally:
        await call("DELETE", f"{operator}/faults")
    said = await platform.souk(
        "order", "resync", workflow_id, "--why", "stock came", "--by", "sara"
    )
    assert said.code == 0, said.err
    assert (await order(platform, "jeddah", number, state="delivered")).attention is None
    ended = await (await temporal(platform)).get_workflow_handle(workflow_id).result()
    assert ended["state"] == "delivered"
