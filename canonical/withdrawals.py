"""Cancelling at the marketplace what the internal systems cannot deliver or no longer want.

A rejection of some units is carried out once, on whichever parcels hold them. A marketplace answers
it with a successor parcel that holds the rest, and the rest must not be rejected again: the name of
the effect keeps how many units of each rejected line it took, in the order of the command's lines.
"""

from canonical.abilities import Abilities
from canonical.actions import ActionKind, CancelLines
from canonical.commands import Reject, ShipLine
from canonical.effects import EffectState
from canonical.shipments import lines_within
from canonical.states import DEAD
from canonical.steps import Act
from canonical.view import OrderView, ParcelView


def withdrawals(view: OrderView, parcel: ParcelView, abilities: Abilities) -> list[Act]:
    """What is to be cancelled of this parcel, in the order in which it was asked."""
    if ActionKind.CANCEL_LINES not in abilities.actions:
        return []
    if view.wishes.cancel:
        return [_act(view, parcel, all_lines(parcel), f"cancel/{parcel.parcel_id}")]
    acts = []
    for reject in view.wishes.reject:
        act = _rejection(view, parcel, reject)
        if act is None:
            continue
        if not view.done(act.effect):
            acts.append(act)
        elif abilities.dead_parcel_settles is not None:
            # The parcel is about to end; what comes next is for its successor.
            return [*acts, act]
    return acts


def all_lines(parcel: ParcelView) -> tuple[ShipLine, ...]:
    """Everything that the parcel holds."""
    return tuple(
        ShipLine(line_id=x.line_id, quantity=x.quantity) for x in parcel.lines if x.quantity
    )


def _rejection(view: OrderView, parcel: ParcelView, reject: Reject) -> Act | None:
    if not reject.lines:
        name = _name(parcel, reject)
        return _act(view, parcel, all_lines(parcel), name, reject)
    begun = _begun_for(view, parcel, reject)
    if begun is not None:
        name, units = begun
    else:
        units = _units_left(view, parcel, reject)
        name = f"{_name(parcel, reject)}/{'.'.join(map(str, units))}"
    lines = tuple(
        own
        for line, count in zip(reject.lines, units, strict=True)
        if count
        for own in lines_within(view, parcel, [line.model_copy(update={"quantity": count})])
    )
    return _act(view, parcel, lines, name, reject) if lines else None


def _act(
    view: OrderView,
    parcel: ParcelView,
    lines: tuple[ShipLine, ...],
    name: str,
    reject: Reject | None = None,
) -> Act:
    action = CancelLines(
        order_id=view.ref.order_id,
        parcel_id=parcel.parcel_id,
        lines=lines,
        reason=reject.reason if reject else "out_of_stock",
    )
    return Act(action, name)


def _units_left(view: OrderView, parcel: ParcelView, reject: Reject) -> list[int]:
    """Units of each rejected line that no parcel has given up yet and this one holds."""
    taken = [0] * len(reject.lines)
    for other in view.parcels:
        begun = _begun_for(view, other, reject)
        if begun is not None and not _ended_without_it(view, other, begun[0]):
            taken = [a + b for a, b in zip(taken, begun[1], strict=True)]
    units = []
    for line, gone in zip(reject.lines, taken, strict=True):
        left = max(line.quantity - gone, 0)
        wanted = [line.model_copy(update={"quantity": left})] if left else []
        units.append(sum(x.quantity for x in lines_within(view, parcel, wanted)))
    return units


def _ended_without_it(view: OrderView, parcel: ParcelView, name: str) -> bool:
    """Refused since the parcel had ended for another reason: its successor is to give the units."""
    effect = view.effect(name)
    refused = effect is not None and effect.state is EffectState.REFUSED
    return refused and parcel.state in DEAD


def _begun_for(view: OrderView, parcel: ParcelView, reject: Reject) -> tuple[str, list[int]] | None:
    prefix = f"{_name(parcel, reject)}/"
    for effect in view.effects:
        if effect.name.startswith(prefix):
            counts = effect.name.removeprefix(prefix).split(".")
            if len(counts) == len(reject.lines) and all(x.isdecimal() for x in counts):
                return effect.name, [int(x) for x in counts]
    return None


def _name(parcel: ParcelView, reject: Reject) -> str:
    return f"reject/{parcel.parcel_id}/{reject.command_id}"
