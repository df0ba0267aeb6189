"""The surface of `docs/conformance.md` over a stand-in of a small marketplace."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from aiohttp import web

from sandbox.conformance.surface import CannotError
from sandbox.conformance.words import (
    Change,
    Credentials,
    Fault,
    HookMode,
    HookSend,
    Ledger,
    Place,
    Settings,
    Told,
    ToldAct,
    ToldCalls,
    ToldLine,
    ToldParcel,
)
from sandbox.engine.seeds import rng
from sandbox.stall import faults, lifecycle, traffic
from sandbox.stall.accounts import Seller
from sandbox.stall.market import Route
from sandbox.stall.orders import Item, Order
from sandbox.stall.refusals import Refusal
from sandbox.stall.world import World

BEYOND_DOUBLES = 2**53 + 1
SMALLEST_UNIT = {"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3}
"""Decimals of a currency, where they are not two."""
UNKNOWN_WORD = "gift_wrapping"
SWAP_S = 0.3
"""How long a swapped webhook is held back after the one that overtakes it."""
HELD = "conformance.held"
ACTIONS = {"cancel": "cancel_lines"}
"""The platform's words for writes, where they are others."""
GATEWAY_PAGE = "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"
FAULTS: dict[str, faults.Kind] = {
    "throttled": "throttle",
    "broken": "status",
    "page": "status",
    "refused": "refuse",
    "slow": "slow",
    "cut_before": "cut_before_commit",
    "cut_after": "cut_after_commit",
    "broken_after": "answer_after_commit",
}


class StallBench:
    """Fulfils `surface.Bench`; a marketplace that can do more overrides the method."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._revoked: set[str] = set()
        self._modes: dict[str, list[str]] = defaultdict(list)
        self._held: dict[str, tuple[str, str]] = {}
        self._announce = world.postman.announce
        world.postman.announce = self._told_of  # type: ignore[method-assign]
        known = world.market.authenticate

        def authenticate(world: World, request: web.Request) -> Seller:
            seller = known(world, request)
            if seller.seller_id in self._revoked:
                raise Refusal(401, "revoked", "This key was withdrawn.")
            return seller

        world.market = replace(world.market, authenticate=authenticate)
        world.timers.on(HELD, lambda given: self._announce(**given))

    def reset(self) -> None:
        world = self.world
        for hook in list(world.hooks.all()):
            world.postman.passivate(hook)
            world.hooks.drop(hook)
        world.faults.clear()
        self._revoked.clear()
        self._modes.clear()
        self._held.clear()
        world.knobs.turn(
            world.database,
            {
                "quotas": {},
                "page_size": type(world.knobs).model_fields["page_size"].default,
                "clock_skew_s": 0.0,
                "visible_after_s": 0.0,
                "hook_duplicate_share": 0.0,
                "hook_reorder_share": 0.0,
                "hook_lost_share": 0.0,
            },
        )

    def place(self, asked: Place) -> Told:
        seller = self._seller(asked.seller)
        if asked.order_id and self.world.orders.get(asked.seller, asked.order_id):
            raise CannotError(f"order {asked.order_id} is there already")
        order = self._made(seller, asked)
        if asked.tell:
            lifecycle.enter(self.world, order)
        else:
            self.world.orders.save(order)
        return self._told(order)

    def change(self, seller: str, order_id: str, asked: Change) -> Told:
        order = self._order(seller, order_id)
        if asked.what == "send_back":
            raise CannotError("this marketplace takes no returns")
        if asked.what == "deliver":
            lifecycle.move(self.world, order, "delivered", lifecycle.CARRIER, tell=asked.tell)
            return self._told(order)
        try:
            lifecycle.cancel(self.world, order, {}, lifecycle.CUSTOMER)
        except Refusal as refusal:
            raise CannotError(refusal.words) from None
        return self._told(order)

    def told(self, seller: str, order_id: str) -> Told:
        return self._told(self._order(seller, order_id))

    def fault(self, asked: Fault) -> None:
        if asked.kind not in FAULTS:
            raise CannotError(f"there is no fault {asked.kind} here")
        given: dict[str, Any] = {
            "seller": asked.seller,
            "kind": FAULTS[asked.kind],
            "times": asked.times,
            "after": asked.after,
            "seconds": asked.seconds,
        }
        if asked.kind in ("broken", "broken_after", "page"):
            given["status"] = asked.status
        if asked.kind == "page" or asked.html:
            given |= {"body": GATEWAY_PAGE, "headers": {"Content-Type": "text/html"}}
        if asked.kind == "throttled" and asked.retry_after is not None:
            given["headers"] = {"Retry-After": str(asked.retry_after)}
        for operation in self.operations(asked.on):
            self.world.faults.add(faults.Fault.model_validate(given | {"operation": operation}))

    def credentials(self, asked: Credentials) -> None:
        if asked.state == "expired":
            raise CannotError("this marketplace's keys do not expire")
        change = self._revoked.add if asked.state == "revoked" else self._revoked.discard
        change(asked.seller)

    def hook_mode(self, asked: HookMode) -> None:
        self._modes[asked.seller] += [asked.mode] * asked.times

    def hook_send(self, asked: HookSend) -> None:
        headers: dict[str, str] | None = {} if asked.credentials == "none" else None
        if asked.credentials == "wrong":
            seller = self._seller(asked.seller).model_copy(update={"webhook_secret": "another"})
            headers = self.world.market.sign(seller, asked.body.encode())
        for hook in self.world.hooks.of_seller(asked.seller):
            self.world.postman.raw(hook, asked.body, headers)

    def hooks_off(self, seller: str) -> None:
        for hook in self.world.hooks.of_seller(seller):
            self.world.postman.passivate(hook)

    def settings(self, asked: Settings) -> None:
        names = {
            "clock_ahead_s": "clock_skew_s",
            "page_size": "page_size",
            "visible_after_s": "visible_after_s",
        }
        given = asked.model_dump(exclude_none=True)
        knobs: dict[str, Any] = {names[k]: v for k, v in given.items() if k in names}
        if asked.quotas is not None:
            knobs["quotas"] = self.world.market.quotas if asked.quotas else {}
            # Counted from here on.
            self.world.quotas = type(self.world.quotas)(self.world.knobs)
        self.world.knobs.turn(self.world.database, knobs)

    def ledger(self, seller: str) -> Ledger:
        self._seller(seller)
        calls = self.world.meter.report(seller)
        parts: dict[str, ToldCalls] = {}
        for part in ("list", "fetch", "act", "login", "hooks", "any"):
            wanted = self.operations(part)
            rows = [row for name, row in calls.items() if None in wanted or name in wanted]
            parts[part] = ToldCalls(
                calls=sum(row["calls"] for row in rows),
                throttled=sum(row["throttled"] for row in rows),
            )
        counts = self.world.hooks.counts[seller]
        pending = sum(self.world.postman.pending(h) for h in self.world.hooks.of_seller(seller))
        names = ("sent", "delivered", "failed", "lost")
        hooks = {name: counts[name] for name in names} | {"pending": pending}
        return Ledger(parts=parts, tokens=self.tokens(seller), hooks=hooks)

    def tokens(self, seller: str) -> int:
        """How many tokens were issued to a seller."""
        return 0

    def operations(self, part: str) -> list[str | None]:
        """The operations of a part of the API; None stands for all."""
        if part == "any":
            return [None]
        return [r.operation for r in self.world.market.routes if part_of(r) == part]

    def _told_of(self, seller: str, order: str, body: str) -> None:
        """An event on its way to the webhooks, as the seller's mode will have it."""
        modes, held = self._modes[seller], self._held.pop(seller, None)
        mode = modes.pop(0) if modes else None
        if mode == "lost":
            self.world.hooks.count(seller, "lost")
        elif mode == "swapped":
            self._held[seller] = (order, body)
        else:
            for _ in range(2 if mode == "twice" else 1):
                self._announce(seller, order, body)
        if held is not None:
            order, body = held
            self.world.timers.after(SWAP_S, HELD, seller=seller, order=order, body=body)

    def _made(self, seller: Seller, asked: Place) -> Order:
        world = self.world
        count = world.database.next("conformance")
        chance = rng(world.knobs.seed, "conformance", count)
        order = traffic.new_order(world, seller, chance, lines=len(asked.quantities))
        order.carrier_drives = False
        order.currency = asked.currency or order.currency
        for item, quantity in zip(order.items, asked.quantities, strict=True):
            item.quantity, item.discount = quantity, 0
        if asked.order_id:
            order.number = asked.order_id
            order.items = _numbered(order.items, 1)
        if asked.shape == "large_ids":
            order.number = str(BEYOND_DOUBLES + 2 * count)
            order.items = _numbered(order.items, BEYOND_DOUBLES)
        if asked.shape == "unknown_word":
            order.status = UNKNOWN_WORD
        if asked.text is not None:
            order.buyer |= {"name": asked.text}
            order.address |= {"line1": asked.text, "city": asked.text}
            for item in order.items:
                item.name = asked.text
        if asked.shape == "bare":
            order.buyer = dict.fromkeys(order.buyer, "")
            order.address = dict.fromkeys(order.address, "")
            for item in order.items:
                item.name = ""
            order.overrides = _blanks(dict(world.market.render(order)))
        return order

    def _told(self, order: Order) -> Told:
        decimals = SMALLEST_UNIT.get(order.currency, 2)
        writes = [w for w in self.world.writes.report(order.seller) if w["order"] == order.number]
        return Told(
            order_id=order.number,
            currency=order.currency,
            payable=Decimal(order.total).scaleb(-decimals),
            lines=tuple(
                ToldLine(
                    line_id=item.item_id,
                    quantity=item.quantity,
                    unit_price=Decimal(item.unit_price).scaleb(-decimals),
                )
                for item in order.items
            ),
            parcels=(
                ToldParcel(
                    parcel_id=order.number,
                    state="unknown" if order.status == UNKNOWN_WORD else order.status,
                    units={x.item_id: x.quantity - x.cancelled for x in order.items},
                ),
            ),
            acts=tuple(
                ToldAct(
                    action=ACTIONS.get(w["what"], w["what"]),
                    subject=order.number,
                    applied=w["applied"],
                )
                for w in writes
            ),
            texts={
                "buyer": order.buyer["name"],
                "street": order.address["line1"],
                "city": order.address["city"],
                "product": order.items[0].name,
            },
            carriers=("Aramex",),
        )

    def _seller(self, seller: str) -> Seller:
        if seller not in self.world.sellers:
            raise CannotError(f"there is no seller {seller}")
        return self.world.sellers[seller]

    def _order(self, seller: str, order_id: str) -> Order:
        order = self.world.orders.get(self._seller(seller).seller_id, order_id)
        if order is None:
            raise CannotError(f"seller {seller} has no order {order_id}")
        return order


def part_of(route: Route) -> str:
    """The part of the API that an operation belongs to, told by its path."""
    if route.operation == "login":
        return "login"
    if "{order}" in route.path:
        return "fetch" if route.method == "GET" else "act"
    return "list" if route.method == "GET" and "hook" not in route.path else "hooks"


def _numbered(items: list[Item], first: int) -> list[Item]:
    return [
        item.model_copy(update={"item_id": str(place)}) for place, item in enumerate(items, first)
    ]


def _blanks(wire: dict[str, Any]) -> dict[str, Any]:
    """What to show instead of a rendered order so that nothing blank is in it; None: left out."""
    bare = _pruned(wire)
    return {name: bare.get(name) for name, value in wire.items() if bare.get(name) != value}


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        parts = {name: _pruned(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part not in ("", None, {})}
    if isinstance(value, list):
        return [_pruned(part) for part in value]
    return value
