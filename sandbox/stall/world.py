"""Everything that one stand-in holds."""

import json
from pathlib import Path

from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database
from sandbox.engine.meter import Meter
from sandbox.engine.timers import Timers
from sandbox.stall.accounts import Seller
from sandbox.stall.faults import Faults
from sandbox.stall.hooks import Hooks
from sandbox.stall.knobs import Knobs, kept_knobs
from sandbox.stall.market import Market
from sandbox.stall.orders import Order, Orders
from sandbox.stall.plans import Plans
from sandbox.stall.postman import Postman
from sandbox.stall.quotas import Quotas
from sandbox.stall.refusals import not_found
from sandbox.stall.writes import Writes


class World:
    """A marketplace with its sellers, its orders and what is on its way."""

    def __init__(
        self, market: Market, sellers: dict[str, Seller], data: Path, given: dict[str, object]
    ) -> None:
        """Opens what is kept under `data`.

        Args:
            market: The marketplace's own half.
            sellers: By id.
            data: A directory.
            given: Knobs of the command line; they win over those that were turned before.
        """
        self.market = market
        self.sellers = sellers
        self.database = Database(data, market.name)
        self.knobs = Knobs.model_validate(
            {"quotas": market.quotas} | kept_knobs(self.database) | given
        )
        self.orders = Orders(self.database)
        self.hooks = Hooks(self.database)
        self.faults = Faults(self.database, lambda: self.knobs.seed)
        self.quotas = Quotas(self.knobs)
        self.meter = Meter(self.database)
        self.timers = Timers(self.database)
        self.plans = Plans(self.database)
        self.writes = Writes(self.database)
        self.postman = Postman(
            self.database,
            self.hooks,
            self.knobs,
            lambda seller, body: market.sign(sellers[seller], body),
        )

    def now(self) -> int:
        """Epoch milliseconds by the marketplace's clock."""
        return now_ms() + round(self.knobs.clock_skew_s * 1000)

    def shown(self, seller: str, number: str) -> Order:
        """An order as the API shows it.

        Raises:
            Refusal: 404; the seller has none of this number, or it cannot be read yet.
        """
        order = self.orders.get(seller, number)
        if order is None or not self.visible(order):
            raise not_found(f"order {number}")
        return order

    def visible(self, order: Order) -> bool:
        """Whether the order can be read already."""
        return self.now() - order.placed_at >= self.knobs.visible_after_s * 1000

    def tell(self, order: Order) -> None:
        """An event for the seller's webhooks."""
        if any(self.hooks.of_seller(order.seller)):
            self.postman.announce(order.seller, order.number, self.rendered(order))

    def rendered(self, order: Order) -> str:
        """The order as JSON, with what an operator wants to be shown otherwise."""
        wire = self.market.render(order) | order.overrides
        return json.dumps({k: v for k, v in wire.items() if v is not None}, ensure_ascii=False)
