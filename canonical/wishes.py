"""What the internal systems have asked for, folded into one small record. Level, not edges."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from canonical.commands import (
    Accept,
    Acknowledge,
    AnswerReturn,
    Cancel,
    Command,
    Invoice,
    Label,
    Reject,
    Ship,
    ShipLine,
)
from canonical.text import Text


class ShipWish(BaseModel):
    """A parcel that is packed, or all of them where `parcel_id` is None."""

    model_config = ConfigDict(frozen=True)

    parcel_id: str | None
    invoice_number: str = ""
    carrier: str = ""
    tracking_number: str = ""
    lines: tuple[ShipLine, ...] = ()
    """By the ids that the internal systems know; empty for the whole parcel."""
    invoice_link: str = ""
    own_delivery: str = ""
    command_id: str = ""
    """What tells two wishes apart: the same may be said twice, with another one in between."""


class InvoiceWish(BaseModel):
    """A link to an invoice, of one parcel or of all where `parcel_id` is None."""

    model_config = ConfigDict(frozen=True)

    parcel_id: str | None
    link: str
    number: str = ""
    command_id: str = ""


class AnswerWish(BaseModel):
    """What is to be said to a return."""

    model_config = ConfigDict(frozen=True)

    command_id: str
    return_id: str
    answer: Literal["approve", "reject"]
    item_ids: tuple[str, ...] = ()
    reason: str = ""
    text: Text = ""
    evidence_link: str = ""
    evidence_inline: bool = False
    """The command brought a file along, which stays with it in the inbox."""


class LabelWish(BaseModel):
    """A label that is wanted, of one parcel or of all live ones where `parcel_id` is None."""

    model_config = ConfigDict(frozen=True)

    command_id: str
    parcel_id: str | None


class Wishes(BaseModel):
    """Kept with the order, so that a restarted workflow knows what was asked before."""

    model_config = ConfigDict(frozen=True)

    accepted: bool = False
    acknowledged: frozenset[str] = frozenset()
    """Ids of our events that have arrived."""
    ship: tuple[ShipWish, ...] = ()
    reject: tuple[Reject, ...] = ()
    cancel: bool = False
    invoices: tuple[InvoiceWish, ...] = ()
    answers: tuple[AnswerWish, ...] = ()
    labels: tuple[LabelWish, ...] = ()

    def invoice_wish(self, parcel_id: str) -> InvoiceWish | None:
        """The newest link for this parcel."""
        fit = (w for w in reversed(self.invoices) if w.parcel_id in (None, parcel_id))
        return next(fit, None)

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
                lines=command.lines,
                invoice_link=command.invoice_link,
                own_delivery=command.own_delivery,
                command_id=command.command_id,
            )
            ship = wishes.ship if wish in wishes.ship else (*wishes.ship, wish)
            return wishes.model_copy(update={"ship": ship})
        case Invoice():
            link = InvoiceWish(
                parcel_id=command.parcel_id,
                link=command.invoice_link,
                number=command.invoice_number,
                command_id=command.command_id,
            )
            links = wishes.invoices if link in wishes.invoices else (*wishes.invoices, link)
            return wishes.model_copy(update={"invoices": links})
        case AnswerReturn():
            said = command.model_dump(include=set(AnswerWish.model_fields))
            answer = AnswerWish(**said, evidence_inline=command.evidence is not None)
            if any(a.command_id == answer.command_id for a in wishes.answers):
                return wishes
            return wishes.model_copy(update={"answers": (*wishes.answers, answer)})
        case Label():
            label = LabelWish(command_id=command.command_id, parcel_id=command.parcel_id)
            labels = wishes.labels if label in wishes.labels else (*wishes.labels, label)
            return wishes.model_copy(update={"labels": labels})
        case Reject():
            if any(r.command_id == command.command_id for r in wishes.reject):
                return wishes
            return wishes.model_copy(update={"reject": (*wishes.reject, command)})
        case Cancel():
            return wishes.model_copy(update={"cancel": True})
