"""What the internal systems have asked for, folded into one small record. Level, not edges."""

from pydantic import BaseModel, ConfigDict

from canonical.commands import Accept, Acknowledge, Cancel, Command, Reject, Ship


class ShipWish(BaseModel):
    """A parcel that is packed, or all of them where `parcel_id` is None."""

    model_config = ConfigDict(frozen=True)

    parcel_id: str | None
    invoice_number: str = ""
    carrier: str = ""
    tracking_number: str = ""


class Wishes(BaseModel):
    """Kept with the order, so that a restarted workflow knows what was asked before."""

    model_config = ConfigDict(frozen=True)

    accepted: bool = False
    acknowledged: frozenset[str] = frozenset()
    """Ids of our events that have arrived."""
    ship: tuple[ShipWish, ...] = ()
    reject: tuple[Reject, ...] = ()
    cancel: bool = False

    def ship_wish(self, parcel_id: str) -> ShipWish | None:
        """The newest wish that is about this parcel."""
        for wish in reversed(self.ship):
            if wish.parcel_id in (None, parcel_id):
                return wish
        return None


def fold(wishes: Wishes, command: Command) -> Wishes:
    """Adds one command. Folding the same command again changes nothing."""
    match command:
        case Acknowledge():
            known = wishes.acknowledged | {command.event_id}
            return wishes.model_copy(update={"acknowledged": known})
        case Accept():
            return wishes.model_copy(update={"accepted": True})
        case Ship():
            wish = ShipWish(
                parcel_id=command.parcel_id,
                invoice_number=command.invoice_number,
                carrier=command.carrier,
                tracking_number=command.tracking_number,
            )
            ship = wishes.ship if wish in wishes.ship else (*wishes.ship, wish)
            return wishes.model_copy(update={"ship": ship})
        case Reject():
            if any(r.command_id == command.command_id for r in wishes.reject):
                return wishes
            return wishes.model_copy(update={"reject": (*wishes.reject, command)})
        case Cancel():
            return wishes.model_copy(update={"cancel": True})
