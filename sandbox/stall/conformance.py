"""The surface of `docs/conformance.md` over a stand-in of a small marketplace."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from sandbox.conformance.common import calls_by_part, fault_fields
from sandbox.conformance.hook_modes import SWAP_S, HookModes
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
)
from sandbox.stall import faults, lifecycle
from sandbox.stall.accounts import Seller
from sandbox.stall.market import Route
from sandbox.stall.orders import Order
from sandbox.stall.refusals import Refusal
from sandbox.stall.told import told, wished
from sandbox.stall.world import World

PARTS = ("list", "fetch", "act", "login", "hooks")
HELD = "conformance.held"
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
        self._modes: HookModes[tuple[str, str]] = HookModes()
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
        order = wished(self.world, seller, asked)
        if asked.tell:
            lifecycle.enter(self.world, order)
        else:
            self.world.orders.save(order)
        return told(self.world, order)

    def change(self, seller: str, order_id: str, asked: Change) -> Told:
        order = self._order(seller, order_id)
        if asked.what == "send_back":
            raise CannotError("this marketplace takes no returns")
        if asked.what == "deliver":
            lifecycle.move(self.world, order, "delivered", lifecycle.CARRIER, tell=asked.tell)
            return told(self.world, order)
        try:
            lifecycle.cancel(self.world, order, {}, lifecycle.CUSTOMER)
        except Refusal as refusal:
            raise CannotError(refusal.words) from None
        return told(self.world, order)

    def told(self, seller: str, order_id: str) -> Told:
        return told(self.world, self._order(seller, order_id))

    def fault(self, asked: Fault) -> None:
        given = fault_fields(asked, FAULTS)
        for operation in self.operations().get(asked.on, (None,)):
            self.world.faults.add(faults.Fault.model_validate(given | {"operation": operation}))

    def credentials(self, asked: Credentials) -> None:
        if asked.state == "expired":
            raise CannotError("this marketplace's keys do not expire")
        change = self._revoked.add if asked.state == "revoked" else self._revoked.discard
        change(asked.seller)

    def hook_mode(self, asked: HookMode) -> None:
        self._modes.add(asked)

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
        calls = self.world.meter.report(self._seller(seller).seller_id)
        counts = self.world.hooks.counts[seller]
        pending = sum(self.world.postman.pending(h) for h in self.world.hooks.of_seller(seller))
        names = ("sent", "delivered", "failed", "lost")
        return Ledger(
            parts=calls_by_part(calls, self.operations()),
            tokens=self.tokens(seller),
            hooks={name: counts[name] for name in names} | {"pending": pending},
        )

    def tokens(self, seller: str) -> int:
        """How many tokens were issued to a seller."""
        return 0

    def operations(self) -> dict[str, tuple[str, ...]]:
        """The operations of each part of the API."""
        parts: dict[str, tuple[str, ...]] = dict.fromkeys(PARTS, ())
        for route in self.world.market.routes:
            parts[part_of(route)] += (route.operation,)
        return parts

    def _told_of(self, seller: str, order: str, body: str) -> None:
        """An event on its way to the webhooks, as the seller's mode will have it."""
        fate = self._modes.fate(seller, (order, body))
        if fate.lost:
            self.world.hooks.count(seller, "lost")
        for _ in range(fate.times):
            self._announce(seller, order, body)
        for order, body in fate.late:
            self.world.timers.after(SWAP_S, HELD, seller=seller, order=order, body=body)

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
