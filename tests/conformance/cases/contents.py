"""What is in an order: words and fields that nobody foresaw, large ids, Arabic, currencies."""

from canonical.abilities import Abilities
from canonical.order import Order
from canonical.states import ParcelState
from sandbox.conformance.words import Told
from tests.conformance.acts import action, first_action
from tests.conformance.case import CURRENCIES, SHOWS, case
from tests.conformance.stage import Stage

ARABIC = "عبدالله بن خالد، شارع الأمير سلطان ٤٥ «شقة ٣»"
DOUBLES_END = 2**53


def _agrees(order: Order, told: Told) -> None:
    """Ids, quantities and money are those that were placed."""
    assert order.ref.order_id == told.order_id
    assert order.currency == told.currency
    lines = {line.line_id: line for line in order.lines}
    assert lines.keys() == {line.line_id for line in told.lines}
    for placed in told.lines:
        line = lines[placed.line_id]
        assert line.ordered == placed.quantity
        assert line.unit_price.amount == placed.unit_price
    assert order.payable.amount == told.payable
    if order.stated_payable is not None:
        assert order.stated_payable.amount == told.payable


def _first(abilities: Abilities) -> str | None:
    """What a seller does to a new order first, where there is anything."""
    return first_action(abilities).value if abilities.actions else None


@case(
    "plain-order",
    "An order has the ids, quantities and amounts that were placed, and its total agrees.",
    SHOWS,
)
async def plain(at: Stage) -> None:
    told = await at.one.place(quantities=(3, 1, 2))
    _agrees(await at.one.order(told.order_id), told)


@case(
    "unknown-word",
    "A status that nobody knows is kept in the marketplace's word, as unknown, and the rest of the"
    " order is read.",
    SHOWS,
)
async def unknown_word(at: Stage) -> None:
    told = await at.one.place(shape="unknown_word")
    order = await at.one.order(told.order_id)
    _agrees(order, told)
    assert {parcel.state for parcel in order.parcels} == {ParcelState.UNKNOWN}
    assert all(parcel.channel_status for parcel in order.parcels)


@case(
    "optional-fields-missing",
    "An order without any optional field is read, with the ids, quantities and amounts that were"
    " placed.",
    SHOWS,
)
async def bare(at: Stage) -> None:
    told = await at.one.place(shape="bare")
    _agrees(await at.one.order(told.order_id), told)


@case(
    "ids-beyond-2-53",
    "Ids larger than a double can hold come through digit by digit, and lead back to the order.",
    SHOWS,
)
async def large_ids(at: Stage) -> None:
    told = await at.one.place(
        shape="large_ids", quantities=(2, 1), open_to=_first(at.one.abilities)
    )
    numbers = [x for x in (told.order_id, *(line.line_id for line in told.lines)) if x.isdigit()]
    assert not numbers or max(map(int, numbers)) > DOUBLES_END
    _agrees(await at.one.order(told.order_id), told)
    if at.one.abilities.actions:
        kind = first_action(at.one.abilities)
        await at.one.channel.perform(await action(at.one, kind, told))
        assert await at.one.applied(told.order_id, kind.value) == 1


@case(
    "arabic",
    "Arabic words, digits and quotes stand in the order as the customer wrote them.",
    SHOWS,
)
async def arabic(at: Stage) -> None:
    told = await at.one.place(text=ARABIC)
    order = await at.one.order(told.order_id)
    _agrees(order, told)
    address = order.ship_to
    found = {
        "buyer": f"{order.buyer.name}|{address.name}",
        "street": f"{address.line1}|{address.line2}",
        "city": address.city,
        "product": "|".join(line.name for line in order.lines),
    }
    for place, words in told.texts.items():
        assert words in found[place], f"{place} is {found[place]!r}"


@case(
    "every-declared-currency",
    "In every currency that is declared amounts are exact, whatever its smallest coin.",
    SHOWS,
    CURRENCIES,
)
async def currencies(at: Stage) -> None:
    for currency in sorted(at.one.abilities.currencies):
        told = await at.one.place(currency=currency, quantities=(3, 1))
        assert told.currency == currency
        _agrees(await at.one.order(told.order_id), told)


@case(
    "colliding-ids",
    "Two accounts whose ids collide read and change each its own order.",
    SHOWS,
)
async def colliding(at: Stage) -> None:
    first = _first(at.one.abilities)
    mine = await at.one.place(quantities=(2,), open_to=first)
    theirs = await at.other.place(quantities=(5,), order_id=mine.order_id, open_to=first)
    assert theirs.order_id == mine.order_id
    ours, others = await at.one.order(mine.order_id), await at.other.order(mine.order_id)
    assert [line.ordered for line in ours.lines] == [2]
    assert [line.ordered for line in others.lines] == [5]
    assert ours.ref.account == at.one.channel.account
    assert others.ref.account == at.other.channel.account
    if at.one.abilities.actions:
        kind = first_action(at.one.abilities)
        await at.one.channel.perform(await action(at.one, kind, mine))
        assert await at.one.applied(mine.order_id, kind.value) == 1
        assert await at.other.applied(mine.order_id, kind.value) == 0
