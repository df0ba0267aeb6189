"""What is asked of a stand-in and what it tells, in no marketplace's words."""

from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Part: TypeAlias = Literal["list", "fetch", "act", "login", "hooks", "any"]
"""A part of the marketplace's API: reading many orders, reading one, writing about one, obtaining
a token, keeping webhooks or subscriptions."""
Shape: TypeAlias = Literal["plain", "large_ids", "unknown_word", "bare"]
What: TypeAlias = Literal["cancel", "deliver", "send_back"]
Kind: TypeAlias = Literal[
    "throttled", "broken", "page", "refused", "slow", "cut_before", "cut_after", "broken_after",
    "partial", "expired",
]  # fmt: skip


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Asked):
    """An order to be placed, by a customer who pays at once."""

    seller: str
    order_id: str | None = None
    """The id of another seller's order, to collide with it; parcels and lines collide as well."""
    quantities: tuple[int, ...] = (2,)
    """Units of each line; each line is another product."""
    currency: str | None = None
    text: str | None = None
    """Stands wherever the marketplace has room for a person's words: see `Told.texts`."""
    shape: Shape = "plain"
    open_to: str | None = None
    """An action of `canonical/actions.py` that the seller is about to take, by its own word: where
    orders differ in what can be done to them, one that it can be done to."""
    tell: bool = True
    """Whether webhooks or notifications tell of it."""


class Change(_Asked):
    """Something that happens to an order without the seller."""

    what: What
    tell: bool = True


class Fault(_Asked):
    """What happens to the next calls of a part of the API; counted for each fault by itself."""

    seller: str | None = None
    """None: of any."""
    on: Part = "any"
    kind: Kind
    times: int = Field(default=1, ge=1)
    after: int = Field(default=0, ge=0)
    """So many calls pass first."""
    seconds: float = 1.0
    """How late a `slow` answer comes."""
    status: int = 503
    """Of `broken`, `broken_after` and `page`."""
    html: bool = False
    """Whether the answer of `broken` is a gateway's HTML page."""
    retry_after: int | None = None
    """Seconds that `throttled` names, in the marketplace's own way; None: it names none."""


class Credentials(_Asked):
    """What a seller's credentials are worth from now on."""

    seller: str
    state: Literal["good", "expired", "revoked"]
    """`expired`: tokens that were issued are no longer taken, others can be had."""


class HookMode(_Asked):
    """What becomes of the seller's next webhooks."""

    seller: str
    mode: Literal["lost", "twice", "swapped"]
    """`swapped`: it is sent after the next one has been answered."""
    times: int = Field(default=1, ge=1)


class HookSend(_Asked):
    """A body that is sent to the seller's webhooks as it stands."""

    seller: str
    body: str
    credentials: Literal["right", "wrong", "none"] = "right"


class Owner(_Asked):
    """One seller."""

    seller: str


class Settings(_Asked):
    """What is not given stays as it is."""

    clock_ahead_s: float | None = None
    """Of the marketplace's clock before this machine's; negative: behind."""
    page_size: int | None = Field(default=None, ge=1)
    """Orders on a page at most, whatever the caller asks for."""
    visible_after_s: float | None = Field(default=None, ge=0)
    """How long after an order was placed it can be read."""
    quotas: bool | None = None
    """Whether the marketplace's quotas are enforced."""


class ToldLine(BaseModel):
    """One position of an order."""

    line_id: str
    quantity: int
    unit_price: Decimal
    """Before discounts."""


class ToldParcel(BaseModel):
    """One parcel, in the platform's words for states."""

    parcel_id: str
    state: str
    units: dict[str, int]
    """By line id."""


class ToldAct(BaseModel):
    """What the seller did to a parcel or a return by the API, in the platform's words."""

    action: str
    subject: str
    """The parcel's or the return's id."""
    applied: int
    """How often it took effect."""


class ToldReturn(BaseModel):
    """A return, in the platform's words for states."""

    return_id: str
    state: str
    item_ids: tuple[str, ...]


class Told(BaseModel):
    """One order as it really is."""

    order_id: str
    currency: str
    payable: Decimal
    """As placed."""
    lines: tuple[ToldLine, ...]
    parcels: tuple[ToldParcel, ...]
    acts: tuple[ToldAct, ...] = ()
    returns: tuple[ToldReturn, ...] = ()
    texts: dict[str, str] = {}
    """Where the words of `Place.text` stand: any of buyer, street, city, product."""
    carriers: tuple[str, ...] = ()
    """Carriers that the marketplace knows, as it spells them."""


class ToldCalls(BaseModel):
    """Calls of one part of the API."""

    calls: int = 0
    throttled: int = 0
    """Refused for a quota, not by a fault that was asked for."""


class Ledger(BaseModel):
    """What came of a seller's calls since the stand-in was started."""

    parts: dict[str, ToldCalls]
    """By part; `any` has them all."""
    tokens: int = 0
    """How many tokens were issued."""
    hooks: dict[str, int] = {}
    """At least `sent`, `delivered`, `failed`, `lost` and `pending`."""
