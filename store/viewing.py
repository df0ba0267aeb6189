"""From a row of `view_of` to the view that workflows get."""

import json
from typing import Any

from sqlalchemy import Row

from canonical.attention import AttentionWord
from canonical.effects import Effect, EffectState
from canonical.identity import OrderRef
from canonical.order import FulfilledBy, ParcelLine
from canonical.returns import ReturnState
from canonical.states import OrderState, ParcelState
from canonical.view import OrderView, ParcelView, ReturnItemView, ReturnView
from canonical.wishes import Wishes


def as_view(ref: OrderRef, row: Row[Any]) -> OrderView:
    """The order's view; what the row holds as JSON comes in no order and is sorted here."""
    if row.id is None:
        return OrderView(ref=ref, exists=False)
    unmapped = sorted(json.loads(row.unmapped), key=lambda x: _by_size(x["line_id"]))
    return OrderView(
        ref=ref,
        exists=row.version > 0,
        state=OrderState(row.state),
        version=row.version,
        parcels=_parcels(json.loads(row.parcels), json.loads(row.parcel_lines)),
        wishes=Wishes.model_validate_json(row.wishes),
        effects=tuple(
            Effect(name=e["name"], state=EffectState(e["state"]), answer=e["answer"])
            for e in sorted(json.loads(row.effects), key=lambda x: str(x["name"]))
        ),
        told_state=None if row.told_state is None else OrderState(row.told_state),
        told_at=row.told_at,
        told_digest=row.told_digest,
        digest=row.digest or "",
        heard_at=row.heard_at,
        address_blank=bool(row.address_blank),
        fulfilled_by=FulfilledBy(row.fulfilled_by or FulfilledBy.SELLER),
        changed_at=row.changed_at,
        over_at=row.over_at,
        notices=row.notices or 0,
        noticed_at=row.noticed_at,
        returns=_returns(json.loads(row.returns)),
        first_received_at=row.first_received_at,
        unmapped=tuple(dict.fromkeys(x["channel_sku"] for x in unmapped)),
        currency=row.currency,
        totals_problem=row.totals_problem,
        contract_problem=row.contract_problem,
        correlation_id=row.correlation_id,
        attention=None if row.attention is None else AttentionWord(row.attention),
        attention_since=row.attention_since,
    )


def _parcels(parcels: list[Any], lines: list[Any]) -> tuple[ParcelView, ...]:
    by_parcel: dict[str, list[ParcelLine]] = {}
    for line in sorted(lines, key=lambda x: _by_size(x["line_id"])):
        by_parcel.setdefault(line.pop("parcel_id"), []).append(ParcelLine(**line))
    return tuple(
        ParcelView(
            parcel_id=p["parcel_id"],
            state=ParcelState(p["state"]),
            channel_status=p["channel_status"],
            lines=tuple(by_parcel.get(p["parcel_id"], ())),
            origin_parcel_ids=tuple(json.loads(p["origin_parcel_ids"] or "[]")),
            seller_ships=bool(p["seller_ships"]),
        )
        for p in sorted(parcels, key=lambda x: _by_size(x["parcel_id"]))
    )


def _returns(rows: list[Any]) -> tuple[ReturnView, ...]:
    return tuple(
        ReturnView(
            return_id=r["return_id"],
            state=ReturnState(r["state"]),
            answer_by=r["answer_by"],
            items=tuple(
                ReturnItemView(item_id=x["item_id"], state=ReturnState(x["state"]))
                for x in json.loads(r["items"])
            ),
        )
        for r in sorted(rows, key=lambda x: str(x["return_id"]))
    )


def _by_size(number: str) -> tuple[int, str]:
    """As `canonical.merge` sorts: in the order in which numbers were given out."""
    return len(number), number
