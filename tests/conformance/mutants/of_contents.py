"""Faults of what is made of an order."""

import json
from typing import Any

from canonical.order import Order
from canonical.states import ParcelState
from channels.port import RawEvent
from channels.wiretypes import contract_error
from tests.conformance.mutants.planting import Replace, mutant
from tests.conformance.toy import client, mapping, wire
from tests.conformance.toy.abilities import CHANNEL
from tests.conformance.toy.client import ToyChannel
from tests.conformance.toy.wire import WireOrder


@mutant("plain-order", "A unit's price is taken for the line's.")
def price_of_one(replace: Replace) -> None:
    known = mapping._line

    def line(item: Any, currency: str) -> Any:
        made = known(item, currency)
        return made.model_copy(update={"line_payable": made.unit_price})

    replace(mapping, "_line", line)


@mutant("unknown-word", "A status that nobody knows is taken for a new order's.")
def guesses(replace: Replace) -> None:
    replace(mapping, "state_of", lambda status: mapping.STATES.get(status, ParcelState.NEW))


@mutant("optional-fields-missing", "An order without a buyer is refused as unreadable.")
def wants_a_buyer(replace: Replace) -> None:
    known = wire.read_order

    def read_order(body: bytes, account: str) -> WireOrder:
        if "buyer" not in json.loads(body):
            raise contract_error(CHANNEL, account, "read_order", [("buyer", "is missing")])
        return known(body, account)

    replace(client, "read_order", read_order)


@mutant("ids-beyond-2-53", "Numbers go through a double.")
def through_doubles(replace: Replace) -> None:
    known = wire.read_order

    def read_order(body: bytes, account: str) -> WireOrder:
        value = json.loads(body, parse_int=lambda digits: int(float(digits)))
        return known(json.dumps(value).encode(), account)

    replace(client, "read_order", read_order)


@mutant("arabic", "What is not ASCII is lost.")
def ascii_alone(replace: Replace) -> None:
    def to_canonical(self: ToyChannel, body: bytes) -> Order:
        bare = body.decode("ascii", "ignore").encode()
        return mapping.order_of(wire.read_order(bare, self.account), self.account)

    replace(ToyChannel, "to_canonical", to_canonical)


@mutant("every-declared-currency", "Every currency has two decimals.")
def two_decimals(replace: Replace) -> None:
    replace(mapping, "DECIMALS", {})


@mutant("colliding-ids", "What was read is kept by the order's id alone, for all accounts.")
def one_cupboard(replace: Replace) -> None:
    known, kept = ToyChannel.fetch_order, dict[str, tuple[RawEvent, ...]]()

    async def fetch_order(self: ToyChannel, order_id: str) -> tuple[RawEvent, ...]:
        if order_id not in kept:
            kept[order_id] = await known(self, order_id)
        return kept[order_id]

    replace(ToyChannel, "fetch_order", fetch_order)
