"""Lists for people, the sweep's open orders, attention, and the store's account of itself."""

from datetime import timedelta

from canonical.attention import Attention, AttentionWord
from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.states import OrderState, ParcelState
from store import InboxState, Store
from tests.store.given import REF, START, event, line, order, parcel, receive, record, recorded

NEW = "publish/order.received"


def _ref(number: int) -> OrderRef:
    return REF.model_copy(update={"order_id": str(number)})


def _attention(word: AttentionWord) -> Attention:
    return Attention.of(word, "it said no", "a person", "call them")


async def _tell(store: Store, ref: OrderRef, name: str, state: OrderState) -> None:
    await store.effects.begin(ref, name, 1)
    await store.effects.finish(ref, name, EffectState.DONE, told_state=state)


async def _open(store: Store) -> set[str]:
    return {ref.order_id async for ref in store.orders.open_refs()}


async def test_orders_are_found_by_each_filter(store: Store) -> None:
    for number in range(3):
        await recorded(store, order(_ref(number)), f"e{number}")
    await store.orders.set_attention(_ref(1), _attention(AttentionWord.REFUSED))
    assert [x.ref.order_id for x in await store.orders.find()] == ["2", "1", "0"]
    assert [x.ref.order_id for x in await store.orders.find(limit=1)] == ["2"]
    assert [x.ref.order_id for x in await store.orders.find(order_id="0")] == ["0"]
    assert [x.ref.order_id for x in await store.orders.find(attention="any")] == ["1"]
    assert [x.ref.order_id for x in await store.orders.find(attention="refused")] == ["1"]
    assert await store.orders.find(attention="deadline") == []
    assert len(await store.orders.find(state=OrderState.NEW, channel="trendyol")) == 3
    assert await store.orders.find(account="jeddah") == []
    assert len(await store.orders.find(open_only=True)) == 3


async def test_attention_keeps_its_since_while_the_word_stays(store: Store) -> None:
    await recorded(store, order())
    await store.orders.set_attention(REF, _attention(AttentionWord.REFUSED))
    (first,) = await store.orders.find()
    await store.orders.set_attention(REF, _attention(AttentionWord.REFUSED))
    (second,) = await store.orders.find()
    assert first.attention_since == second.attention_since is not None
    assert second.attention_detail == "it said no\nWaits for: a person\nWhat to do: call them"
    view = await store.orders.view(REF)
    assert (view.attention, view.attention_since) == (AttentionWord.REFUSED, first.attention_since)
    await store.orders.set_attention(REF, _attention(AttentionWord.STOCK))
    (third,) = await store.orders.find()
    assert third.attention_since != first.attention_since
    await store.orders.set_attention(REF, None)
    (none,) = await store.orders.find()
    assert (none.attention, none.attention_detail, none.attention_since) == (None, None, None)


async def test_an_order_may_need_a_person_before_it_is_recorded(store: Store) -> None:
    await store.orders.set_attention(REF, None)
    assert await store.orders.find() == []
    await store.orders.set_attention(REF, _attention(AttentionWord.UNAVAILABLE))
    assert [x.attention for x in await store.orders.find()] == ["unavailable"]
    view = (await recorded(store, order())).view
    assert (view.exists, view.attention) == (True, AttentionWord.UNAVAILABLE)


async def test_an_order_is_open_until_the_internal_systems_know_its_end(store: Store) -> None:
    await recorded(store, order())
    await _tell(store, REF, NEW, OrderState.NEW)
    assert await _open(store) == {REF.order_id}
    delivered = order(parcels=(parcel(state=ParcelState.DELIVERED, version=9),))
    await recorded(store, delivered, "p1:9")
    assert await _open(store) == {REF.order_id}
    await _tell(store, REF, "publish/order.changed/2", OrderState.DELIVERED)
    assert await _open(store) == set()
    assert await store.orders.find(open_only=True) == []


async def test_a_cancelled_order_nobody_heard_of_is_not_open(store: Store) -> None:
    await recorded(store, order(parcels=(parcel(state=ParcelState.CANCELLED),)))
    assert await _open(store) == set()


async def test_what_waits_in_the_inbox_is_open_whatever_its_order(store: Store) -> None:
    await receive(store, event(order()))
    assert await _open(store) == {REF.order_id}


async def test_the_report_counts_and_finds_contradictions(store: Store) -> None:
    for number in range(3):
        await recorded(store, order(_ref(number)), f"e{number}")
    await receive(store, event(order(_ref(0)), "e0"), event(order(_ref(7)), "e7"))
    two_live = order(_ref(8), parcels=(parcel("p1"), parcel("p2")))
    await recorded(store, two_live, "e8")
    await store.effects.begin(_ref(1), "accept/p1", 1)
    await store.effects.begin(_ref(2), "accept/p1", 1)
    await store.effects.release(_ref(2), "accept/p1")
    await store.orders.set_attention(_ref(1), _attention(AttentionWord.STOCK))
    report = await store.report.read()
    assert report.inbox == {InboxState.APPLIED: 4, InboxState.RECEIVED: 1}
    assert report.orders == {OrderState.NEW: 4}
    assert report.effects == {EffectState.SENT: 1}
    assert report.repeated_deliveries == 1
    assert report.attention == {"stock": 1}
    assert report.oldest_received == START
    assert report.quantities_disagree == (_ref(8),)
    assert report.orders_without_lines == ()
    assert [(x.ref, x.name) for x in report.stuck_effects] == [(_ref(1), "accept/p1")]


async def test_an_order_without_lines_is_reported(store: Store) -> None:
    await recorded(store, order(lines=(), parcels=(parcel(lines=(line(ordered=0),)),)))
    assert (await store.report.read()).orders_without_lines == (REF,)


async def test_split_parcels_with_new_line_ids_agree(store: Store) -> None:
    await recorded(store, order())
    successor = parcel("p2", version=2, lines=(line("l9"),)).model_copy(
        update={"origin_parcel_ids": ("p1",)}
    )
    split = order(
        lines=(line("l9"),), parcels=(parcel(state=ParcelState.REPLACED, version=2), successor)
    )
    await recorded(store, split, "p2:2")
    assert (await store.report.read()).quantities_disagree == ()


async def test_orders_are_counted_by_account(store: Store) -> None:
    await recorded(store, order())
    await recorded(store, order(REF.model_copy(update={"account": "jeddah"})))
    counts = await store.report.orders_by_account()
    assert counts.states == {
        ("trendyol", "riyadh"): {OrderState.NEW: 1},
        ("trendyol", "jeddah"): {OrderState.NEW: 1},
    }
    assert counts.attention == {}


async def test_first_receipt_is_the_earliest_whatever_came_first(store: Store) -> None:
    late = event(order(), "p1:1", received_at=START + timedelta(hours=1))
    await receive(store, late)
    await record(store)
    await receive(store, event(order(), "p1:0"))
    assert (await record(store)).view.first_received_at == START
