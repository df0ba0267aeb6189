"""The surface of `docs/conformance.md` over this sandbox.

An order has one parcel here, of the order's own id: what Amazon calls packages are records of what
was sent, and there is none before. Orders that are placed are Easy Ship orders, the normal case in
Saudi Arabia (SC 200197960).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sandbox.amazon import faults, lifecycle
from sandbox.amazon.accounts import Account
from sandbox.amazon.conformance_words import ACTIONS, FAULTS, SHOWS_STATUS, operations, state_of
from sandbox.amazon.model import Fate, Item, Order, Schedule
from sandbox.amazon.people import someone
from sandbox.amazon.placing import new_item, new_order
from sandbox.amazon.statuses import (
    DELIVERED,
    OPEN,
    PENDING,
    PENDING_SCHEDULE,
    PICKED_UP,
    SHIPPED,
    UNSHIPPED,
)
from sandbox.amazon.world import World
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
from sandbox.engine.clock import now_ms
from sandbox.engine.seeds import rng

BEYOND_DOUBLES = 2**53 + 1
UNKNOWN_WORD = "AWAITING_GIFT_WRAP"
PARTS = ("list", "fetch", "act", "login", "hooks", "any")
CALM: dict[str, Any] = {
    "clock_ahead_s": 0.0,
    "page_limit": None,
    "visibility_lag_s": 0.0,
    "quotas_enforced": False,
    "notification_duplicate_share": 0.0,
    "notification_reorder_share": 0.0,
    "notification_lost_share": 0.0,
    "notification_early_share": 0.0,
    "notification_delay_s": (0.0, 0.0),
}


class AmazonBench:
    """Fulfils `surface.Bench`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def reset(self) -> None:
        self.world.faults.clear()
        self.world.withdrawn.clear()
        self.world.deliveries.next_modes.clear()
        self.world.subscriptions.clear()
        self.world.knobs.turn(self.world.database, CALM)

    def place(self, asked: Place) -> Told:
        account = self._account(asked.seller)
        if asked.order_id and self.world.orders.get(asked.seller, asked.order_id):
            raise CannotError(f"order {asked.order_id} is there already")
        order = self._made(account, asked)
        with self._silent(not asked.tell):
            lifecycle.enter(self.world, order)
        return self._told(order)

    def change(self, seller: str, order_id: str, asked: Change) -> Told:
        order = self._order(seller, order_id)
        if asked.what == "send_back":
            raise CannotError("Amazon's orders API tells of no returns")
        with self._silent(not asked.tell):
            if asked.what == "cancel":
                if order.status not in OPEN | {PENDING, UNKNOWN_WORD}:
                    raise CannotError(f"the order is {order.status}")
                order.status = UNSHIPPED if order.status == UNKNOWN_WORD else order.status
                items = [item.item_id for item in order.items]
                lifecycle.cancel(self.world, order, items, "BUYER", "BuyerCanceled", "buyer")
            else:
                self._deliver(order)
        return self.told(seller, order_id)

    def told(self, seller: str, order_id: str) -> Told:
        return self._told(self._order(seller, order_id))

    def fault(self, asked: Fault) -> None:
        if asked.kind not in FAULTS:
            raise CannotError(f"no operation of Amazon's answers {asked.kind} for one order")
        given: dict[str, Any] = {
            "seller": asked.seller,
            "kind": "html" if asked.html or asked.kind == "page" else FAULTS[asked.kind],
            "times": asked.times,
            "after": asked.after,
            "seconds": asked.seconds,
        }
        if asked.kind in SHOWS_STATUS:
            given["status"] = asked.status
        for operation in operations(asked.on):
            self.world.faults.add(faults.Fault.model_validate(given | {"operation": operation}))

    def credentials(self, asked: Credentials) -> None:
        seller = self._account(asked.seller).seller_id
        if asked.state == "revoked":
            self.world.withdrawn.add(seller)
        else:
            self.world.withdrawn.discard(seller)
        if asked.state != "good":
            self.world.tokens.revoke(seller)

    def hook_mode(self, asked: HookMode) -> None:
        self.world.deliveries.next_modes[asked.seller] += [asked.mode] * asked.times

    def hook_send(self, asked: HookSend) -> None:
        if asked.credentials != "right":
            raise CannotError("a queue takes messages by its policy alone")
        arns = {
            self.world.subscriptions.arn(each)
            for each in self.world.subscriptions.of_seller(asked.seller)
        }
        for arn in sorted(arns):
            self.world.deliveries.raw(asked.seller, arn, asked.body)

    def hooks_off(self, seller: str) -> None:
        for each in self.world.subscriptions.of_seller(seller):
            self.world.subscriptions.remove(each)

    def settings(self, asked: Settings) -> None:
        knobs: dict[str, Any] = {}
        if asked.clock_ahead_s is not None:
            knobs["clock_ahead_s"] = asked.clock_ahead_s
        if asked.page_size is not None:
            knobs["page_limit"] = asked.page_size
        if asked.visible_after_s is not None:
            knobs["visibility_lag_s"] = asked.visible_after_s * self.world.knobs.time_scale
        if asked.quotas is not None:
            knobs["quotas_enforced"] = asked.quotas
            self.world.quotas.fill()
        self.world.knobs.turn(self.world.database, knobs)

    def ledger(self, seller: str) -> Ledger:
        application = self._account(seller).application_id
        calls = self.world.meter.report(seller)
        # Grantless calls are the application's, whoever's account made it ask.
        shared = self.world.meter.report(application)
        parts: dict[str, ToldCalls] = {}
        for part in PARTS:
            wanted = operations(part)
            rows = [
                row
                for report in (calls, shared)
                for name, row in report.items()
                if None in wanted or name in wanted
            ]
            parts[part] = ToldCalls(
                calls=sum(row["calls"] for row in rows),
                throttled=sum(row["throttled"] for row in rows),
            )
        counts = self.world.deliveries.counts[seller]
        hooks = {name: counts[name] for name in ("sent", "delivered", "failed", "lost")}
        return Ledger(
            parts=parts,
            tokens=calls.get("lwa.token", {}).get("statuses", {}).get("200", 0),
            hooks=hooks | {"pending": self.world.deliveries.pending(seller)},
        )

    @contextmanager
    def _silent(self, silent: bool) -> Iterator[None]:
        self.world.deliveries.silent = silent
        try:
            yield
        finally:
            self.world.deliveries.silent = False

    def _deliver(self, order: Order) -> None:
        """The carrier fetches and brings it, from whatever state; the seller need do nothing."""
        world, seller, order_id = self.world, order.seller, order.order_id
        if order.status in (PENDING, UNKNOWN_WORD):
            order.status, order.easy_ship_status = UNSHIPPED, PENDING_SCHEDULE
        if order.status not in OPEN | {SHIPPED}:
            raise CannotError(f"the order is {order.status}")
        if order.schedule is None:
            now = now_ms()
            planned = Schedule(
                package_id=f"PKG{order_id[-7:]}",
                slot_id="operator",
                start=now,
                end=now,
                tracking=f"SA{order_id[-7:]}",
            )
            lifecycle.schedule(world, order, planned, "operator")
        for status in (PICKED_UP, DELIVERED):
            order = self._order(seller, order_id)
            if order.easy_ship_status not in (status, DELIVERED):
                lifecycle.easy_ship(world, order, status, "carrier")

    def _made(self, account: Account, asked: Place) -> Order:
        world, seller = self.world, account.seller_id
        count = world.database.next("conformance")
        chance = rng(world.knobs.seed, "conformance", count)
        if len(asked.quantities) > len(account.catalog):
            raise CannotError(f"the seller has {len(account.catalog)} products")
        items = [
            new_item(world, seller, product, quantity)
            for product, quantity in zip(account.catalog, asked.quantities, strict=False)
        ]
        person = someone(chance)
        order_id = asked.order_id
        if asked.shape == "large_ids":
            order_id = f"999-{9_999_999 - count % 9_000_000:07d}-9999999"
            for place, item in enumerate(items):
                item.item_id = str(BEYOND_DOUBLES + 2 * count + place)
        elif asked.order_id:
            _collide(items, self._like(seller, asked.order_id))
        if asked.text is not None:
            person = person.model_copy(
                update={"name": asked.text, "line1": asked.text, "city": asked.text}
            )
            for item in items:
                item.title = asked.text
        return new_order(
            world,
            account,
            items,
            person,
            order_id=order_id,
            channel="MFN",
            easy_ship=asked.open_to != "ship",
            status=UNKNOWN_WORD if asked.shape == "unknown_word" else UNSHIPPED,
            currency=asked.currency or "SAR",
            bare=asked.shape == "bare",
            fate=Fate(carrier=False),
        )

    def _like(self, seller: str, order_id: str) -> Order | None:
        """Another seller's order of that id."""
        found = (self.world.orders.get(x, order_id) for x in self.world.accounts if x != seller)
        return next((order for order in found if order is not None), None)

    def _told(self, order: Order) -> Told:
        state = state_of(order)
        writes = [
            each
            for each in self.world.ledger.writes(order.seller)
            if each["orderId"] == order.order_id
        ]
        return Told(
            order_id=order.order_id,
            currency=order.currency,
            payable=sum((item.total for item in order.items), Decimal(0)),
            lines=tuple(
                ToldLine(line_id=x.item_id, quantity=x.quantity, unit_price=x.unit_price)
                for x in order.items
            ),
            parcels=(
                ToldParcel(
                    parcel_id=order.order_id,
                    state=state,
                    units={x.item_id: x.quantity - x.cancelled for x in order.items},
                ),
            ),
            acts=tuple(
                ToldAct(
                    action=ACTIONS[each["operation"]],
                    subject=order.order_id,
                    applied=each["applied"],
                )
                for each in writes
                if each["operation"] in ACTIONS
            ),
            texts={
                "buyer": order.person.name,
                "street": order.person.line1,
                "city": order.person.city,
                "product": order.items[0].title,
            },
            carriers=("SMSA", "Aramex"),
        )

    def _account(self, seller: str) -> Account:
        if seller not in self.world.accounts:
            raise CannotError(f"there is no seller {seller}")
        return self.world.accounts[seller]

    def _order(self, seller: str, order_id: str) -> Order:
        order = self.world.orders.get(self._account(seller).seller_id, order_id)
        if order is None:
            raise CannotError(f"seller {seller} has no order {order_id}")
        return order


def _collide(items: list[Item], other: Order | None) -> None:
    """Gives items the ids of another seller's order."""
    for item, theirs in zip(items, other.items if other else [], strict=False):
        item.item_id = theirs.item_id
