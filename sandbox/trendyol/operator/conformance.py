"""The surface of `docs/conformance.md` over this sandbox."""

from typing import Any

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
from sandbox.trendyol import claims_desk, faults, lifecycle
from sandbox.trendyol.accounts import Account
from sandbox.trendyol.clock import set_ahead
from sandbox.trendyol.events import CUSTOMER_REASON
from sandbox.trendyol.knobs import Knobs
from sandbox.trendyol.model import Package
from sandbox.trendyol.operator.orders import Asked, made
from sandbox.trendyol.operator.told import told
from sandbox.trendyol.quotas import Quotas
from sandbox.trendyol.statuses import CANCELLABLE, CREATED, DELIVERED, SHIPPED
from sandbox.trendyol.world import World

BEYOND_DOUBLES = 2**53 + 1
UNKNOWN_WORD = "GiftWrapping"
HELD = "conformance.held"
OPERATIONS: dict[str, tuple[str, ...]] = {
    "list": ("orders.stream",),
    "fetch": ("orders.page",),
    "act": (
        "package.status", "package.unsupplied", "package.tracking", "package.split",
        "package.split_lines", "package.cargo_provider", "package.alternative_delivery",
        "invoice.link", "claims.approve", "claims.reject",
    ),
    "login": (),
    "hooks": (
        "hooks.create", "hooks.list", "hooks.update", "hooks.delete", "hooks.activate",
        "hooks.deactivate",
    ),
}  # fmt: skip
FAULTS: dict[str, faults.Kind] = {
    "throttled": "throttle_burst",
    "broken": "status",
    "page": "status",
    "refused": "refuse",
    "slow": "slow",
    "cut_before": "cut_before_commit",
    "cut_after": "cut_after_commit",
    "broken_after": "status_after_commit",
}
USUAL = ("page_cap", "visible_after_s")
IN_ORDER = {
    "hook_duplicate_share": 0.0,
    "hook_reorder_share": 0.0,
    "hook_lost_share": 0.0,
    "hook_envelope_share": 0.0,
}


class TrendyolBench:
    """Fulfils `surface.Bench`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._silent = False
        self._modes: HookModes[Package] = HookModes()
        self._announce = world.deliveries.announce
        world.deliveries.announce = self._told_of  # type: ignore[method-assign]
        world.timers.on(HELD, lambda given: self._late(Package.model_validate(given["package"])))

    def reset(self) -> None:
        world = self._world
        for hook in world.hooks.all():
            world.deliveries.drop_all(hook)
            world.hooks.drop(hook)
        world.faults.clear()
        world.revoked.clear()
        self._modes.clear()
        set_ahead(0)
        world.quotas = Quotas(world.knobs, enforced=False)
        usual = {name: Knobs.model_fields[name].default for name in USUAL}
        world.knobs.turn(world.database, usual | IN_ORDER)

    def place(self, asked: Place) -> Told:
        account = self._account(asked.seller)
        if asked.currency not in (None, account.currency):
            raise CannotError(f"seller {asked.seller} sells in {account.currency} alone")
        package = made(self._world, account, self._wish(account, asked))
        package.bare = asked.shape == "bare"
        if asked.text is not None:
            package.person = package.person.model_copy(
                update={
                    "first_name": asked.text,
                    "last_name": "",
                    "street": asked.text,
                    "city": asked.text,
                }
            )
            for line in package.lines:
                line.name = asked.text
        self._silent = not asked.tell
        lifecycle.enter(self._world, package)
        self._silent = False
        return self.told(asked.seller, package.order_number)

    def change(self, seller: str, order_id: str, asked: Change) -> Told:
        world, packages = self._world, self._packages(seller, order_id)
        self._silent = not asked.tell
        for package in packages:
            if asked.what == "deliver":
                lifecycle.move(world, package, SHIPPED, "carrier")
                lifecycle.move(world, package, DELIVERED, "carrier")
            elif asked.what == "send_back":
                claims_desk.claim(world, package, {package.lines[0].line_id: 1})
            elif package.status in CANCELLABLE:
                lifecycle.cancel(world, package, "Customer", CUSTOMER_REASON, 1)
            else:
                raise CannotError(f"package {package.package_id} is {package.status}")
        self._silent = False
        return self.told(seller, order_id)

    def told(self, seller: str, order_id: str) -> Told:
        self._packages(seller, order_id)
        return told(self._world, seller, order_id)

    def fault(self, asked: Fault) -> None:
        given = fault_fields(asked, FAULTS)
        for operation in OPERATIONS.get(asked.on, (None,)):
            self._world.faults.add(faults.Fault.model_validate(given | {"operation": operation}))

    def credentials(self, asked: Credentials) -> None:
        if asked.state == "expired":
            raise CannotError("Trendyol's keys do not expire")
        revoked = self._world.revoked
        (revoked.add if asked.state == "revoked" else revoked.discard)(asked.seller)

    def hook_mode(self, asked: HookMode) -> None:
        self._modes.add(asked)

    def hook_send(self, asked: HookSend) -> None:
        for hook in self._world.hooks.of_seller(asked.seller):
            self._world.deliveries.raw(hook, asked.body, asked.credentials, "application/json")
        self._world.postman.wake()

    def hooks_off(self, seller: str) -> None:
        for hook in self._world.hooks.of_seller(seller):
            self._world.deliveries.passivate(hook)

    def settings(self, asked: Settings) -> None:
        world = self._world
        if asked.clock_ahead_s is not None:
            set_ahead(asked.clock_ahead_s)
        if asked.quotas is not None:
            world.quotas = Quotas(world.knobs, enforced=asked.quotas)
        names = {"page_size": "page_cap", "visible_after_s": "visible_after_s"}
        given = asked.model_dump(exclude_none=True)
        world.knobs.turn(world.database, {names[k]: v for k, v in given.items() if k in names})

    def ledger(self, seller: str) -> Ledger:
        calls = self._world.meter.report(self._account(seller).seller_id)
        counts = self._world.deliveries.counts[seller]
        hooks = self._world.hooks.of_seller(seller)
        pending = sum(self._world.deliveries.pending(hook.id) for hook in hooks)
        names = ("sent", "delivered", "failed", "lost")
        return Ledger(
            parts=calls_by_part(calls, OPERATIONS),
            hooks={name: counts[name] for name in names} | {"pending": pending},
        )

    def _told_of(self, package: Package) -> None:
        """An event on its way to the webhooks, as the seller's mode will have it."""
        if self._silent:
            return
        fate = self._modes.fate(package.seller, package.model_copy(deep=True))
        if fate.lost:
            for hook in self._world.hooks.of_seller(package.seller):
                self._world.deliveries.count(hook, "lost")
        for _ in range(fate.times):
            self._announce(package)
        for held in fate.late:
            self._world.timers.after(SWAP_S, HELD, package=held.model_dump(mode="json"))

    def _late(self, package: Package) -> None:
        self._announce(package)
        self._world.postman.wake()

    def _wish(self, account: Account, asked: Place) -> Asked:
        count = self._world.database.next("conformance")
        large = BEYOND_DOUBLES + 10 * count
        wire: dict[str, Any] = {
            "status": UNKNOWN_WORD if asked.shape == "unknown_word" else CREATED,
            "lines": [
                {"barcode": account.catalog[place].barcode, "quantity": quantity}
                for place, quantity in enumerate(asked.quantities)
            ],
        }
        if asked.order_id is not None:
            wire["orderNumber"] = asked.order_id
        if asked.shape == "large_ids":
            wire |= {"orderNumber": str(large), "shipmentPackageId": large}
            for place, line in enumerate(wire["lines"]):
                line["lineId"] = large + 1 + place
        return Asked(seller=asked.seller, package=wire, carrier=False)

    def _account(self, seller: str) -> Account:
        if seller not in self._world.accounts:
            raise CannotError(f"there is no seller {seller}")
        return self._world.accounts[seller]

    def _packages(self, seller: str, order_id: str) -> list[Package]:
        found = self._world.packages.of_order(self._account(seller).seller_id, order_id)
        if not found:
            raise CannotError(f"seller {seller} has no order {order_id}")
        return list(found)
