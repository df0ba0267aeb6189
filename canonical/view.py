"""What a workflow may know of its order: no bodies, no persons, no money."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from canonical.attention import AttentionWord
from canonical.effects import Effect, EffectState
from canonical.identity import OrderRef
from canonical.order import FulfilledBy, ParcelLine
from canonical.returns import ReturnState
from canonical.states import OrderState, ParcelState
from canonical.wishes import Wishes


class ParcelView(BaseModel):
    model_config = ConfigDict(frozen=True)

    parcel_id: str
    state: ParcelState
    channel_status: str
    lines: tuple[ParcelLine, ...] = ()
    origin_parcel_ids: tuple[str, ...] = ()
    seller_ships: bool = False


class ReturnItemView(BaseModel):
    model_config = ConfigDict(frozen=True)

    item_id: str
    state: ReturnState


class ReturnView(BaseModel):
    model_config = ConfigDict(frozen=True)

    return_id: str
    state: ReturnState
    answer_by: AwareDatetime | None = None
    items: tuple[ReturnItemView, ...] = ()

    @property
    def waiting(self) -> frozenset[str]:
        """Ids of the items that wait for an answer."""
        return frozenset(x.item_id for x in self.items if x.state is ReturnState.WAITING_FOR_ANSWER)


class OrderView(BaseModel):
    """The stored order in what decisions depend on."""

    model_config = ConfigDict(frozen=True)

    ref: OrderRef
    exists: bool
    """False until the first event could be mapped and recorded."""
    state: OrderState = OrderState.UNKNOWN
    version: int = 0
    parcels: tuple[ParcelView, ...] = ()
    wishes: Wishes = Wishes()
    effects: tuple[Effect, ...] = ()
    returns: tuple[ReturnView, ...] = ()
    heard_at: AwareDatetime | None = None
    """Receipt of the newest event that changed the order."""
    address_blank: bool = False
    """Whether nobody could deliver to the address as it is."""
    digest: str = ""
    """Of what the internal systems must know besides the state: see `canonical.telling`."""
    told_digest: str | None = None
    """The digest in the newest event that they got; None where none was noted."""
    told_state: OrderState | None = None
    """The state in the newest event that the internal systems got."""
    told_at: AwareDatetime | None = None
    """When `order.received`, or later `order.released`, was published."""
    first_received_at: AwareDatetime | None = None
    unmapped: tuple[str, ...] = ()
    currency: str | None = None
    totals_problem: str | None = None
    contract_problem: str | None = None
    """What could not be read, or moved as nothing explains; cleared by a resync."""
    correlation_id: str = ""
    fulfilled_by: FulfilledBy = FulfilledBy.SELLER
    changed_at: AwareDatetime | None = None
    """Of the order, as known: see `canonical.order`."""
    over_at: AwareDatetime | None = None
    notices: int = 0
    """How many notices came without the order itself: see `canonical.noticing`."""
    noticed_at: AwareDatetime | None = None
    """The newest change that any of them told of."""
    attention: AttentionWord | None = None
    """As noted in the store: a new run of the workflow clears what stands no more."""
    attention_since: AwareDatetime | None = None

    def effect(self, name: str) -> Effect | None:
        """The effect of this name, where it was begun."""
        return next((e for e in self.effects if e.name == name), None)

    def done(self, name: str) -> bool:
        """Whether the effect of this name is done."""
        effect = self.effect(name)
        return effect is not None and effect.state is EffectState.DONE
