"""One account with invented keys, orders as Orders 2026-01-01 shows them, a server that logs in."""

import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from channels.amazon import AccountOptions
from channels.amazon.client import AmazonChannel
from channels.http import Timeouts
from tests.channels.servers import CountingLimiter, Server, serving

CASES = Path(__file__).parents[2] / "cases"
MODELS = Path(__file__).parents[2] / "fixtures" / "amazon_models"
SECRETS = ("amzn1.oa2-cs.v1.5ecre7-f00d", "Atzr|5ecre7-b33f")
SELLER = "A2KSATESTSELLR"
MARKETPLACE = "A17E79C6D8DWNP"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:spapi-orders"
ORDER_ID = "408-7315926-4482713"
TEA, MUG = "60418273915522", "00418273915530"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def options(**more: Any) -> AccountOptions:
    return AccountOptions.model_validate(
        {
            "seller_id": SELLER,
            "client_id": "amzn1.application-oa2-client.invented",
            "client_secret": SECRETS[0],
            "refresh_token": SECRETS[1],
            "queue_arn": QUEUE,
            # Waits of minutes last milliseconds.
            "time_scale": 10_000,
            **more,
        }
    )


def channel(
    limiter: CountingLimiter | None = None, read: float = 5.0, **more: Any
) -> AmazonChannel:
    timeouts = Timeouts(read=timedelta(seconds=read))
    return AmazonChannel("main", options(**more), limiter or CountingLimiter(), timeouts=timeouts)


@asynccontextmanager
async def opened(
    server: Server, limiter: CountingLimiter | None = None, **more: Any
) -> AsyncIterator[AmazonChannel]:
    urls = {"base_url": server.url, "token_url": f"{server.url}/auth/o2/token"}
    one = channel(limiter, **{**urls, **more})
    try:
        yield one
    finally:
        await one.close()


@asynccontextmanager
async def market(*routes: tuple[str, str, Handler]) -> AsyncIterator[Server]:
    """A server that lets everybody log in, and answers the first route that fits.

    A route is a method, what the path must contain, and what answers.
    """
    issued = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal issued
        if request.path == "/auth/o2/token":
            issued += 1
            token = {"access_token": f"Atza|{issued}", "token_type": "bearer", "expires_in": 3600}
            return web.json_response(token)
        for method, part, handler in routes:
            if request.method == method and part in request.path:
                return await handler(request)
        return web.json_response(fault("NotFound", "no such thing"), status=404)

    async with serving(answer) as server:
        yield server


def says(*values: Any, status: int = 200) -> Handler:
    """Answers with each value in turn, with the last one for ever after."""
    left = list(values)

    async def handler(request: web.Request) -> web.StreamResponse:
        value = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(value, tuple):
            return web.json_response(value[1], status=value[0])
        if value is None:
            return web.Response(status=204)
        return web.json_response(value, status=status)

    return handler


def calls(server: Server, part: str, method: str = "") -> list[Any]:
    """What came to paths that contain a part."""
    return [c for c in server.came if part in c.path and method in ("", c.method)]


def fault(code: str, message: str = "refused", details: str = "") -> dict[str, Any]:
    return {"errors": [{"code": code, "message": message, "details": details}]}


def money(amount: str, currency: str = "SAR") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def item(item_id: str = TEA, ordered: int = 2, unit: str = "57.50", **more: Any) -> dict[str, Any]:
    total = f"{float(unit) * ordered:.2f}"
    return {
        "orderItemId": item_id,
        "quantityOrdered": ordered,
        "product": {
            "asin": "B0TEST0001",
            "title": "شاي 250 جم",
            "sellerSku": "KSA-TEA-0250" if item_id == TEA else "KSA-MUG-RED",
            "price": {"unitPrice": money(unit)},
        },
        "proceeds": {
            "proceedsTotal": money(total),
            "breakdowns": [{"type": "ITEM", "subtotal": money(total)}],
        },
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": ordered},
        **more,
    }


def order(status: str = "UNSHIPPED", /, **more: Any) -> dict[str, Any]:
    """An order of two teas; a field that is given replaces the whole field."""
    value: dict[str, Any] = {
        "orderId": ORDER_ID,
        "createdTime": "2026-11-24T08:43:52Z",
        "lastUpdatedTime": "2026-11-24T09:14:05Z",
        "programs": [],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE},
        "buyer": {"buyerName": "نورة القحطاني", "buyerEmail": "x7@marketplace.amazon.sa"},
        "recipient": {
            "deliveryAddress": {
                "name": "نورة القحطاني",
                "addressLine1": "شارع العليا، مبنى ١٢",
                "addressLine2": "شقة ٤",
                "city": "الرياض",
                "districtOrCounty": "العليا",
                "postalCode": "12244",
                "countryCode": "SA",
                "phone": "+966501234567",
            }
        },
        "proceeds": {"grandTotal": money("115.00")},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": "MERCHANT",
            "deliverByWindow": {"latestDateTime": "2026-11-30T20:59:59Z"},
        },
        "orderItems": [item()],
        **more,
    }
    return {key: v for key, v in value.items() if v is not None}


def fulfilled(taken: int, left: int) -> dict[str, Any]:
    return {"fulfillment": {"quantityFulfilled": taken, "quantityUnfulfilled": left}}


def package(
    reference: str = "1", units: int = 2, status: str = "PENDING", tracking: str = "SMSA1"
) -> dict[str, Any]:
    return {
        "packageReferenceId": reference,
        "packageStatus": {"status": status},
        "carrier": "SMSA",
        "trackingNumber": tracking,
        "packageItems": [{"orderItemId": TEA, "quantity": units}],
    }


def by_amazon(status: str = "UNSHIPPED", /, **more: Any) -> dict[str, Any]:
    """The same from Amazon's warehouse: no address, no e-mail."""
    told = {"fulfillmentStatus": status, "fulfilledBy": "AMAZON"}
    return order(status, fulfillment=told, recipient=None, buyer=None, **more)


def notice(**more: Any) -> dict[str, Any]:
    """ORDER_CHANGE as the contract constructs it; names are those of the inner notification."""
    value = json.loads((Path(__file__).parent / "payloads" / "order_change.json").read_bytes())
    value["Payload"]["OrderChangeNotification"].update(more)
    return copy.deepcopy(value)


def case(name: str) -> bytes:
    return next(CASES.glob(f"{name}-*")).read_bytes()


def model(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MODELS / name).read_bytes())
    return found


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()
