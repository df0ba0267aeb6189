"""What the marketplace pushes, through the platform's own receiver."""

import aiohttp

from canonical.envelope import UNREAD
from channels.port import RawEvent, WebhookHealth
from tests.conformance.case import HOOKS, LISTS, SHOWS, SIGNS, WHOLE, case
from tests.conformance.receiver import Knock, Receiver
from tests.conformance.stage import Stage


async def _knock(receiver: Receiver, knock: Knock, path: str = "", body: bytes = b"") -> int:
    """Sends a request that came once more, perhaps altered; the answer's status."""
    url = f"http://127.0.0.1:{receiver.port}{path or knock.path}"
    async with aiohttp.ClientSession() as session:  # noqa: SIM117
        async with session.post(
            url, data=body or knock.body, headers=dict(knock.headers)
        ) as answer:
            return answer.status


@case(
    "webhook-equals-read",
    "A webhook is the same event as a read of the order at that moment.",
    HOOKS,
    SHOWS,
    WHOLE,
)
async def equals_read(at: Stage) -> None:
    async with at.receiver() as receiver:
        told = await at.one.place()
        events = await receiver.told(at.one.channel.account, told.order_id)
        read = await at.one.read(told.order_id)
    assert {e.event_id for e in events} == {e.identity.event_id for e in read if e.identity}


@case("webhook-twice", "A webhook that comes twice is one event: the ids are equal.", HOOKS)
async def twice(at: Stage) -> None:
    async with at.receiver() as receiver:
        await at.market.hooks(seller=at.one.seller, mode="twice")
        told = await at.one.place()
        events = await receiver.told(at.one.channel.account, told.order_id, 2)
    assert len({e.event_id for e in events}) == 1


@case(
    "webhooks-reordered",
    "Webhooks that come in the wrong order bring the order to where it is, by their versions.",
    HOOKS,
    WHOLE,
)
async def reordered(at: Stage) -> None:
    async with at.receiver() as receiver:
        await at.market.hooks(seller=at.one.seller, mode="swapped")
        told = await at.one.place()
        await at.market.change(at.one.seller, told.order_id, what="cancel")
        events = await receiver.told(at.one.channel.account, told.order_id, 2)
    channel = at.one.channel
    versions = [channel.identify(event.body).version for event in events]
    assert versions[0] > versions[1], f"they came in order, or the versions do not tell: {versions}"
    order = at.one.folded([RawEvent(e.body, channel.identify(e.body)) for e in events])
    assert {str(parcel.state) for parcel in order.parcels} == {"cancelled"}


@case(
    "lost-webhooks-made-good",
    "Orders whose webhooks never came are found by the list.",
    HOOKS,
    LISTS,
)
async def lost(at: Stage) -> None:
    async with at.receiver() as receiver:
        await at.market.hooks(seller=at.one.seller, mode="lost", times=2)
        missed = [(await at.one.place()).order_id for _ in range(2)]
        heard = await at.one.place()
        await receiver.told(at.one.channel.account, heard.order_id)
        for order_id in missed:
            assert not receiver.of(at.one.channel.account, order_id), "its webhook was not lost"
            assert await at.one.listed(order_id), f"{order_id} is not in the list"


@case(
    "webhook-switched-off",
    "A webhook that was switched off is seen so, is switched on by subscribing, and what was missed"
    " meanwhile is in the list; subscribing twice makes no second one.",
    HOOKS,
)
async def switched_off(at: Stage) -> None:
    channel = at.one.channel
    async with at.receiver() as receiver:
        url = receiver.url_of(channel)
        assert await channel.webhook_health(f"{url}/other") is WebhookHealth.MISSING
        assert await channel.webhook_health(url) is WebhookHealth.ACTIVE
        await at.market.hooks_off(at.one.seller)
        assert await channel.webhook_health(url) is WebhookHealth.PASSIVE
        missed = await at.one.place()
        await channel.subscribe(url)
        await channel.subscribe(url)
        assert await channel.webhook_health(url) is WebhookHealth.ACTIVE
        heard = await at.one.place()
        await receiver.told(channel.account, heard.order_id)
        after = await at.one.place()
        await receiver.told(channel.account, after.order_id)
        assert len(receiver.of(channel.account, heard.order_id)) == 1, "it is registered twice"
    if at.one.abilities.polling is not None:
        assert await at.one.listed(missed.order_id)


@case(
    "forged-webhook",
    "A body with wrong credentials, with none, or with another account's is answered 401 and"
    " brings nothing.",
    HOOKS,
)
async def forged(at: Stage) -> None:
    account = at.one.channel.account
    async with at.receiver() as receiver:
        told = await at.one.place()
        await receiver.told(account, told.order_id)
        genuine = receiver.knocks[-1]
        body = genuine.body.decode()
        other = receiver.url_of(at.other.channel).partition(f":{receiver.port}")[2]
        known, events = len(receiver.knocks), len(receiver.events)
        for credentials in ("wrong", "none"):
            await at.market.send_hook(seller=at.one.seller, body=body, credentials=credentials)
            (knock, *_) = await receiver.knocked(known)
            assert knock.status == 401, f"{credentials} credentials: {knock.status}"
            known = len(receiver.knocks)
            await at.market.hooks_off(at.one.seller)
            await at.one.channel.subscribe(receiver.url_of(at.one.channel))
        assert await _knock(receiver, genuine, other) == 401, "another account's"
        assert len(receiver.events) == events


@case(
    "altered-webhook",
    "A webhook of which one byte was altered is answered 401 and brings nothing.",
    HOOKS,
    SIGNS,
)
async def altered(at: Stage) -> None:
    async with at.receiver() as receiver:
        told = await at.one.place()
        await receiver.told(at.one.channel.account, told.order_id)
        genuine, events = receiver.knocks[-1], len(receiver.events)
        body = genuine.body[:-1] + b" " + genuine.body[-1:]
        assert await _knock(receiver, genuine, body=body) == 401
        assert len(receiver.events) == events


@case(
    "replayed-webhook",
    "A genuine webhook that somebody sends again brings no other event: its id is the first one's.",
    HOOKS,
)
async def replayed(at: Stage) -> None:
    async with at.receiver() as receiver:
        told = await at.one.place()
        first = await receiver.told(at.one.channel.account, told.order_id)
        genuine = receiver.knocks[-1]
        await _knock(receiver, genuine)
        events = receiver.of(at.one.channel.account, told.order_id)
    assert {e.event_id for e in events} == {e.event_id for e in first}


@case(
    "junk-webhook",
    "Genuine junk is answered as declared, is kept, and the next webhook is taken.",
    HOOKS,
)
async def junk(at: Stage) -> None:
    webhooks, account = at.one.abilities.webhooks, at.one.channel.account
    assert webhooks is not None
    async with at.receiver() as receiver:
        for body in ("this is no JSON", '{"hello": "world"}', "[[1, 2]]"):
            known, before = len(receiver.knocks), len(receiver.of(account, None))
            await at.market.send_hook(seller=at.one.seller, body=body)
            (knock, *_) = await receiver.knocked(known)
            assert knock.status == webhooks.junk_answer, f"{body}: {knock.status}"
            kept = receiver.of(account, None)
            assert len(kept) > before and kept[-1].event_id.startswith(UNREAD)
            await at.market.hooks_off(at.one.seller)
            await at.one.channel.subscribe(receiver.url_of(at.one.channel))
        told = await at.one.place()
        await receiver.told(account, told.order_id)
