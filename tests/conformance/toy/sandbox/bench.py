"""What the toy does besides for those who try a channel on it: tokens, and half a yes."""

from dataclasses import replace

from aiohttp import web

from sandbox.conformance.words import Credentials, Fault
from sandbox.stall.accounts import Seller
from sandbox.stall.conformance import StallBench
from sandbox.stall.world import World
from tests.conformance.toy.sandbox import tokens
from tests.conformance.toy.sandbox.api import PARTLY
from tests.conformance.toy.sandbox.quotas import ToyQuotas


class ToyBench(StallBench):
    """Fulfils `surface.Bench` whole."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.quotas = ToyQuotas(world.knobs)
        self._ending: list[Fault] = []
        known = world.market.authenticate

        def authenticate(world: World, request: web.Request) -> Seller:
            seller = known(world, request)
            if self._ends(seller, request):
                tokens.end(world, seller.seller_id, request.headers["Authorization"].split()[1])
                return known(world, request)
            return seller

        world.market = replace(world.market, authenticate=authenticate)

    def reset(self) -> None:
        super().reset()
        self._ending.clear()
        for seller in self.world.sellers:
            self.world.database.put(PARTLY, seller, "0")

    def fault(self, asked: Fault) -> None:
        if asked.kind == "expired":
            self._ending.append(asked)
        elif asked.kind == "partial":
            for seller in [asked.seller] if asked.seller else self.world.sellers:
                self.world.database.put(PARTLY, seller, str(asked.times))
        else:
            super().fault(asked)

    def credentials(self, asked: Credentials) -> None:
        if asked.state == "expired":
            tokens.end_all(self.world, asked.seller)
        else:
            super().credentials(asked)

    def tokens(self, seller: str) -> int:
        return tokens.issued(self.world, seller)

    def _ends(self, seller: Seller, request: web.Request) -> bool:
        """Whether this very call is the one at which its token ends."""
        resource = request.match_info.route.resource
        path = resource.canonical if resource else ""
        routes = self.world.market.routes
        operation = next(
            (r.operation for r in routes if (r.method, r.path) == (request.method, path)), None
        )
        for place, fault in enumerate(self._ending):
            if fault.seller not in (None, seller.seller_id):
                continue
            wanted = self.operations().get(fault.on)
            if operation == "login" or (wanted is not None and operation not in wanted):
                continue
            if fault.after:
                self._ending[place] = fault.model_copy(update={"after": fault.after - 1})
                return False
            if fault.times > 0:
                self._ending[place] = fault.model_copy(update={"times": fault.times - 1})
                return True
        return False
