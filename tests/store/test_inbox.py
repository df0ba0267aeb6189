"""Everything that came is kept once, counted, and never demoted."""

from datetime import timedelta

from canonical.envelope import InboundEvent, Source
from store import InboxKind, InboxState, Store, UnknownOrder
from tests.store.given import REF, START, command, event, obey, order, receive, record, recorded


async def test_a_batch_is_kept_and_a_further_delivery_counted(either: Store) -> None:
    a, b = event(order(), "a"), event(order(), "b")
    assert await receive(either, a, b, a) == {"a": "received", "b": "received"}
    assert await receive(either, b) == {"b": "received"}
    deliveries = {x.event_id: x.deliveries for x in await either.inbox.log(REF)}
    assert deliveries == {"a": 2, "b": 2}


async def test_nothing_is_asked_of_the_database_for_nothing(store: Store) -> None:
    assert await store.inbox.receive([], []) == {}
    assert await store.inbox.settled("trendyol", "riyadh", []) == set()


async def test_the_same_event_id_of_another_account_is_another_event(either: Store) -> None:
    other = REF.model_copy(update={"account": "jeddah"})
    ours, theirs = event(order(), "a"), event(order(other), "a")
    states = await either.inbox.receive([ours[0], theirs[0]], [ours[1], theirs[1]])
    assert set(states) == {("trendyol", "riyadh", "a"), ("trendyol", "jeddah", "a")}


async def test_applied_events_say_so_when_they_come_again(either: Store) -> None:
    await recorded(either, order())
    assert await receive(either, event(order())) == {"p1:1": "applied"}
    assert await either.inbox.settled("trendyol", "riyadh", ["p1:1", "p1:2"]) == {"p1:1"}


async def test_two_thousand_ids_are_asked_in_parts(store: Store) -> None:
    await recorded(store, order())
    ids = [f"x{n}" for n in range(2500)] + ["p1:1"]
    assert await store.inbox.settled("trendyol", "riyadh", ids) == {"p1:1"}


async def test_a_body_comes_back_byte_by_byte(store: Store) -> None:
    body = b'{"name": "\x00\\u0000 \xff not even UTF-8"}'
    await receive(store, event(body, "a"))
    assert await store.inbox.body("trendyol", "riyadh", "a") == body
    assert await store.inbox.body("trendyol", "riyadh", "b") is None


async def test_ids_that_no_column_holds_do_not_block_their_batch(either: Store) -> None:
    odd = event(order(), "nul \x00")
    long = event(order(REF.model_copy(update={"order_id": "9" * 300})), "e" * 200)
    beyond = event(order(), "a")[0].model_copy(update={"event_id": "m" * 4000})
    events = [odd[0], long[0], beyond]
    identities = [odd[1], long[1], long[1]]
    states = await either.inbox.receive(events, identities)
    assert [states[e.channel, e.account, e.event_id] for e in events] == [InboxState.RECEIVED] * 3
    again = await either.inbox.receive(events, identities)
    assert again == states
    assert sum((await either.inbox.counts()).values()) == 3


async def test_a_version_beyond_64_bits_is_kept_all_the_same(store: Store) -> None:
    assert await receive(store, event(order(), "a", version=10**30)) == {"a": "received"}


async def test_an_unreadable_event_is_kept_with_its_reason(either: Store) -> None:
    junk = InboundEvent(
        channel="trendyol", account="riyadh", event_id="message:1", order_id=None,
        source=Source.WEBHOOK, received_at=START, correlation_id="c", body=b"\x00junk",
    )  # fmt: skip
    await either.inbox.dead_letter(junk, "contract", "orderNumber: missing \x00")
    await either.inbox.dead_letter(junk, "contract", "orderNumber: missing")
    assert await either.inbox.counts() == {InboxState.DEAD_LETTERED: 1}
    assert await either.inbox.body("trendyol", "riyadh", "message:1") == b"\x00junk"


async def test_a_replay_revives_a_dead_letter_with_the_newer_body(either: Store) -> None:
    dead, _ = event(b"half", "p1:1")
    await either.inbox.dead_letter(dead, "contract", "cut off")
    assert await receive(either, event(order())) == {"p1:1": "received"}
    (entry,) = await either.inbox.log(REF)
    assert (entry.reason, entry.description, entry.version) == (None, None, 1)
    assert (await record(either)).applied == 1


async def test_an_applied_event_is_never_demoted(either: Store) -> None:
    await recorded(either, order())
    await either.inbox.dead_letter(event(order())[0], "contract", "late opinion")
    (entry,) = await either.inbox.log(REF)
    assert (entry.state, entry.reason) == (InboxState.APPLIED, None)


async def test_a_command_for_an_unknown_order_leaves_no_trace(either: Store) -> None:
    assert await obey(either, command("accept", "c1")) == UnknownOrder(REF)
    assert await either.inbox.counts() == {}


async def test_a_command_may_bear_the_id_of_an_event(either: Store) -> None:
    await recorded(either, order())
    assert await obey(either, command("accept", "p1:1")) is InboxState.RECEIVED
    assert [x.kind for x in await either.inbox.log(REF)] == [InboxKind.EVENT, InboxKind.COMMAND]
    assert await either.inbox.settled("trendyol", "riyadh", ["p1:1"]) == {"p1:1"}


async def test_a_command_sent_twice_is_done_once(either: Store) -> None:
    await recorded(either, order())
    for _ in range(2):
        await obey(either, command("accept", "c1"))
    assert (await record(either)).applied == 1
    assert await obey(either, command("accept", "c1")) is InboxState.APPLIED
    assert (await record(either)).applied == 0


async def test_the_oldest_that_waits_is_known(store: Store) -> None:
    assert await store.inbox.oldest_received() is None
    later = START + timedelta(hours=1)
    await receive(store, event(order(), "b", received_at=later), event(order(), "a"))
    assert await store.inbox.oldest_received() == START
    await record(store)
    assert await store.inbox.oldest_received() is None


async def test_log_tells_what_became_of_each(store: Store) -> None:
    await recorded(store, order())
    (entry,) = await store.inbox.log(REF)
    assert (entry.event_id, entry.source, entry.subject, entry.version) == (
        "p1:1", "webhook", "p1", 1,
    )  # fmt: skip
    assert entry.received_at == START
    assert entry.applied_at is not None
    assert entry.applied_at.tzinfo is not None
