"""All orders, and how they look to callers who see changes late."""

from collections import defaultdict
from collections.abc import Iterator

from sandbox.amazon.model import Order
from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database

KIND = "order"


class Orders:
    """Orders by seller and id; a change is a new version, visible after the lag."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._versions: dict[tuple[str, str], list[Order]] = {}
        self._of_seller: dict[str, list[str]] = defaultdict(list)
        for _, body in database.all(KIND):
            order = Order.model_validate_json(body)
            self._versions[order.seller, order.order_id] = [order]
            self._of_seller[order.seller].append(order.order_id)

    def get(self, seller: str, order_id: str) -> Order | None:
        """The order as it really stands."""
        versions = self._versions.get((seller, order_id))
        return versions[-1].model_copy(deep=True) if versions else None

    def seen(self, seller: str, order_id: str, lag_ms: int) -> Order | None:
        """The order as callers see it; None where there was none so long ago."""
        versions = self._versions.get((seller, order_id), [])
        limit = now_ms() - lag_ms
        return next((each for each in reversed(versions) if each.updated_at <= limit), None)

    def of_seller(self, seller: str, lag_ms: int = 0) -> Iterator[Order]:
        """The seller's orders as callers see them, not to be changed."""
        for order_id in self._of_seller[seller]:
            order = self.seen(seller, order_id, lag_ms)
            if order is not None:
                yield order

    def save(self, order: Order, lag_ms: int) -> None:
        """Takes a change in; older versions stay as long as somebody may see them."""
        key = (order.seller, order.order_id)
        versions = self._versions.setdefault(key, [])
        now = now_ms()
        if versions:
            order.updated_at = max(now, versions[-1].updated_at + 1)
        else:
            self._of_seller[order.seller].append(order.order_id)
        versions.append(order.model_copy(deep=True))
        settled = [place for place, each in enumerate(versions) if each.updated_at <= now - lag_ms]
        del versions[: settled[-1] if settled else 0]
        self._database.put(KIND, "/".join(key), order.model_dump_json())
