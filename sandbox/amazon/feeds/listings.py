"""JSON_LISTINGS_FEED: stock and prices, and the report on it."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.amazon.stock import Stock
from sandbox.amazon.world import World

MAX_MESSAGES = 25_000
AVAILABILITY = "/attributes/fulfillment_availability"
OFFER = "/attributes/purchasable_offer"


class Invalid(Exception):
    """Why a message or a patch is refused.

    Attributes:
        code: Amazon's number of the issue (ASSUMED but for 4002001).
    """

    def __init__(self, code: str, message: str, attribute: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.attribute = attribute


def work_off(world: World, seller: str, feed_id: str, body: bytes) -> dict[str, Any]:
    """Puts in force what is sound, and says what is not."""
    issues: list[dict[str, Any]] = []
    messages: list[Any] = []
    try:
        messages = _messages(seller, json.loads(body, parse_float=Decimal))
    except (ValueError, Invalid) as trouble:
        code = trouble.code if isinstance(trouble, Invalid) else "4002001"
        issues.append(_issue(0, None, code, str(trouble), ""))
    accepted = 0
    for message in messages:
        number, sku = message.get("messageId", 0), message.get("sku")
        try:
            patch(world, seller, str(sku or ""), message.get("patches", []), f"feed {feed_id}")
            accepted += 1
        except Invalid as trouble:
            issues.append(_issue(number, sku, trouble.code, str(trouble), trouble.attribute))
    return {
        "header": {"sellerId": seller, "version": "2.0", "feedId": feed_id},
        "issues": issues,
        "summary": {
            "errors": len(issues),
            "warnings": 0,
            "messagesProcessed": len(messages),
            "messagesAccepted": accepted,
            "messagesInvalid": len(messages) - accepted,
        },
    }


def _messages(seller: str, whole: Any) -> list[Any]:
    header = whole.get("header", {}) if isinstance(whole, dict) else {}
    messages = whole.get("messages") if isinstance(whole, dict) else None
    if header.get("sellerId") != seller or header.get("version") != "2.0":
        raise Invalid("4002002", "header.sellerId or header.version is not right")
    if not isinstance(messages, list) or not 1 <= len(messages) <= MAX_MESSAGES:
        raise Invalid("4002003", f"messages must be 1 to {MAX_MESSAGES}")
    numbers = [each.get("messageId") for each in messages]
    if len(set(numbers)) != len(numbers):
        raise Invalid("4002004", "messageId must be unique")
    return messages


def patch(world: World, seller: str, sku: str, patches: list[Any], by: str) -> None:
    """Puts patches of one SKU in force.

    Raises:
        Invalid: Nothing was changed.
    """
    stock = world.stocks.get(seller, sku)
    if stock is None:
        raise Invalid("8541", f"SKU {sku!r} is not known")
    quantity, price = None, None
    for each in patches:
        path, value = each.get("path"), each.get("value")
        rows = value if isinstance(value, list) and value else None
        if each.get("op") not in ("replace", "merge", "add") or rows is None:
            raise Invalid("4000001", "op or value is not right", str(path))
        if path == AVAILABILITY:
            quantity = _quantity(rows)
        elif path == OFFER:
            price = _price(rows)
        else:
            raise Invalid("4000002", f"{path} cannot be patched here", str(path))
    if quantity is None and price is None:
        raise Invalid("4000003", "there is nothing to patch")
    _put_in_force(world, stock, quantity, price, by)


def _put_in_force(
    world: World, stock: Stock, quantity: int | None, price: Decimal | None, by: str
) -> None:
    """Quantity at once, the price of the same message later (seen by users)."""
    if quantity is None or price is None:
        world.stocks.offer(stock, by, quantity, price)
        return
    world.stocks.offer(stock, by, quantity)
    world.timers.after(
        world.knobs.scaled(world.knobs.price_after_quantity_s),
        "listing.price",
        seller=stock.seller,
        sku=stock.sku,
        price=str(price),
        by=by,
    )


def register(world: World) -> None:
    """Says what the listings' timer does."""

    def late_price(details: dict[str, Any]) -> None:
        stock = world.stocks.get(details["seller"], details["sku"])
        if stock is not None:
            world.stocks.offer(stock, details["by"], price=Decimal(details["price"]))

    world.timers.on("listing.price", late_price)


def _quantity(rows: list[Any]) -> int:
    row = rows[0]
    if row.get("fulfillment_channel_code") != "DEFAULT":
        raise Invalid("8026", "only the merchant's quantity can be set", "fulfillment_availability")
    quantity = row.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 0:
        raise Invalid("90000", f"quantity {quantity!r} is not valid", "fulfillment_availability")
    return quantity


def _price(rows: list[Any]) -> Decimal:
    try:
        given = rows[0]["our_price"][0]["schedule"][0]["value_with_tax"]
        price = Decimal(str(given))
    except (KeyError, IndexError, TypeError, InvalidOperation) as trouble:
        raise Invalid("90001", "our_price has no value_with_tax", "purchasable_offer") from trouble
    if rows[0].get("currency") != "SAR" or price <= 0:
        raise Invalid("90002", "the price must be above zero, in SAR", "purchasable_offer")
    return price


def _issue(number: int, sku: str | None, code: str, message: str, attribute: str) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "messageId": number,
        "code": code,
        "severity": "ERROR",
        "message": message,
    }
    if sku:
        issue["sku"] = sku
    if attribute:
        issue["attributeName"] = attribute.rpartition("/")[2]
    return issue
