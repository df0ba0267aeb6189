"""What one marketplace adds to the common half."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web

from sandbox.stall.accounts import Seller
from sandbox.stall.orders import Order
from sandbox.stall.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.stall.world import World


@dataclass(frozen=True)
class Call:
    """One admitted call of the marketplace's API."""

    world: "World"
    request: web.Request
    seller: Seller
    operation: str

    def order(self) -> Order:
        """The order of the path's `{order}`.

        Raises:
            Refusal: 404; the seller has none of this number, or it cannot be read yet.
        """
        return self.world.shown(self.seller.seller_id, self.request.match_info["order"])


Handler: TypeAlias = Callable[[Call], Awaitable[web.Response]]


@dataclass(frozen=True)
class Route:
    """One operation; faults, quotas and the ledger know it by its name."""

    operation: str
    method: str
    path: str
    """As aiohttp has it; `{order}` is an order's number."""
    handler: Handler


@dataclass(frozen=True)
class Market:
    """A marketplace."""

    name: str
    routes: tuple[Route, ...]
    authenticate: Callable[["World", web.Request], Seller]
    """Whose call it is; raises `Refusal`."""
    refuse: Callable[[Refusal], web.Response]
    """The marketplace's own error body."""
    render: Callable[[Order], dict[str, object]]
    """An order in the marketplace's words, as its API and its webhooks show it."""
    sign: Callable[[Seller, bytes], dict[str, str]]
    """The headers by which a webhook is known to be genuine."""
    quotas: Mapping[str, list[tuple[int, float]]] = field(default_factory=dict)
    """(calls, seconds) by operation; under "*" for all operations together."""
