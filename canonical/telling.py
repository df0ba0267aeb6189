"""What the internal systems must hear of again once it changes, in one short word."""

import hashlib
import json

from canonical.order import Order


def digest_of(order: Order) -> str:
    """Equal for two versions of an order that differ in nothing but their state.

    Quantities that are cancelled, the address of delivery and the buyer's wish to cancel go in. It
    cannot be read back.
    """
    cancelled = sorted((x.line_id, x.cancelled) for x in order.lines if x.cancelled)
    told: list[object] = [cancelled, order.ship_to.model_dump()]
    if order.cancel_request is not None:
        told.append(sorted(order.cancel_request.line_ids))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
