"""Labels that are wanted: one for each parcel and command, once there can be one."""

from canonical.abilities import Abilities
from canonical.effects import EffectState
from canonical.states import DEAD, ParcelState
from canonical.steps import FetchLabel
from canonical.view import OrderView, ParcelView
from canonical.wishes import LabelWish

LABEL = "label"
NOT_YET = frozenset({ParcelState.PENDING, ParcelState.UNKNOWN})


def label_step(view: OrderView, abilities: Abilities) -> FetchLabel | None:
    """The one label that is due now.

    Whether there is one is for the marketplace to say: a parcel that ended or left, or one that
    nobody knows, is asked for all the same, so that whoever asked gets an answer.
    """
    for wish in view.wishes.labels:
        for parcel_id in _meant(view, wish, abilities):
            name = f"{LABEL}/{parcel_id}/{wish.command_id}"
            effect = view.effect(name)
            if effect is None or effect.state is EffectState.SENT:
                return FetchLabel(parcel_id, wish.command_id, name)
    return None


def has_label(view: OrderView, parcel_id: str) -> bool:
    """Whether the internal systems got a label of this parcel."""
    prefix = f"{LABEL}/{parcel_id}/"
    return any(e.name.startswith(prefix) and e.state is EffectState.DONE for e in view.effects)


def _meant(view: OrderView, wish: LabelWish, abilities: Abilities) -> list[str]:
    waiting = {p.parcel_id for p in view.parcels if _waits(view, p, abilities)}
    if wish.parcel_id is not None:
        return [] if wish.parcel_id in waiting else [wish.parcel_id]
    begun = {e.name for e in view.effects if e.state is EffectState.SENT}
    return [
        p.parcel_id
        for p in view.parcels
        if p.parcel_id not in waiting
        and (p.state not in DEAD or f"{LABEL}/{p.parcel_id}/{wish.command_id}" in begun)
    ]


def _waits(view: OrderView, parcel: ParcelView, abilities: Abilities) -> bool:
    """Marketplaces make labels of what is being worked on."""
    unaccepted = abilities.acknowledges is not None and not view.done(f"accept/{parcel.parcel_id}")
    return parcel.state in NOT_YET or (parcel.state is ParcelState.NEW and unaccepted)
