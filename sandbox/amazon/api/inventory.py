"""FBA inventory summaries (section 5)."""

from typing import Any

from sandbox.amazon import paging
from sandbox.amazon.api.windows import csv_of, moment
from sandbox.amazon.errors import invalid
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.stamps import iso
from sandbox.amazon.stock import Stock

PAGE = 50
MAX_SKUS = 50


async def get_summaries(call: Call) -> Reply:
    """GET /fba/inventory/v1/summaries: the token stands beside payload, and lives 30 s."""
    query, knobs = call.query, call.world.knobs
    right = (query.get("granularityType"), query.get("granularityId")) == (
        "Marketplace",
        MARKETPLACE_ID,
    )
    if not right or MARKETPLACE_ID not in csv_of(query.get("marketplaceIds")):
        raise invalid("granularityType, granularityId and marketplaceIds are required.")
    skus = csv_of(query.get("sellerSkus"))
    if len(skus) > MAX_SKUS:
        raise invalid(f"sellerSkus has more than {MAX_SKUS} values.")
    since = moment(query, "startDateTime") if "startDateTime" in query else 0
    after = ""
    if text := query.get("nextToken"):
        state = paging.take(
            knobs.seed, call.seller, call.operation.name, text, knobs.inventory_token_life_s
        )
        if state["since"] != since:
            raise invalid("startDateTime must be sent with nextToken as it was before.")
        after = state["after"]
    stocks = sorted(call.world.stocks.of_seller(call.seller), key=lambda each: each.sku)
    rest = [
        each
        for each in stocks
        if each.sku > after and each.fba_changed_at >= since and (not skus or each.sku in skus)
    ]
    detailed = query.get("details", "false") == "true"
    body: dict[str, Any] = {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": MARKETPLACE_ID},
            "inventorySummaries": [_summary(each, detailed) for each in rest[:PAGE]],
        }
    }
    if len(rest) > PAGE:
        state = {"since": since, "after": rest[PAGE - 1].sku}
        token = paging.give(knobs.seed, call.seller, call.operation.name, state)
        body["pagination"] = {"nextToken": token}
    return Reply(body)


def _summary(stock: Stock, detailed: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "asin": stock.asin,
        "fnSku": stock.fnsku,
        "sellerSku": stock.sku,
        "condition": "NewItem",
        "productName": stock.title,
        "totalQuantity": stock.fulfillable + stock.reserved + stock.unfulfillable + stock.inbound,
    }
    if stock.fba_changed_at:
        shown["lastUpdatedTime"] = iso(stock.fba_changed_at)
    if detailed:
        shown["inventoryDetails"] = {
            "fulfillableQuantity": stock.fulfillable,
            "inboundWorkingQuantity": 0,
            "inboundShippedQuantity": stock.inbound,
            "inboundReceivingQuantity": 0,
            "reservedQuantity": {
                "totalReservedQuantity": stock.reserved,
                "pendingCustomerOrderQuantity": stock.reserved,
                "pendingTransshipmentQuantity": 0,
                "fcProcessingQuantity": 0,
            },
            "researchingQuantity": {"totalResearchingQuantity": 0},
            "unfulfillableQuantity": {"totalUnfulfillableQuantity": stock.unfulfillable},
        }
    return shown
