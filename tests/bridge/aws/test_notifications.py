"""SQS in, Service Bus out: every kind of message that a queue may bring."""

import json
from datetime import UTC, datetime, timedelta

from bridge.bus import ServiceBus
from bridge.bus.messages import inbound_event
from canonical.envelope import InboundEvent, Source
from tests.bridge.aws.harness import CLAIMS, NOTIFICATIONS, Child, Cloud
from tests.bridge.aws.messages import ORDER, order_change, report_finished, text
from tests.bridge.marketplaces import CASES
from tests.bridge.messages import events

QUEUE = "amazon-inbound"


async def test_both_casings_arrive_as_events_of_their_accounts(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    order, report = text(order_change()), text(report_finished("51200199120"))
    before = datetime.now(UTC) - timedelta(seconds=2)
    await cloud.send(NOTIFICATIONS, order, report)
    came = {e.account: e for e in await events(bus, QUEUE, 2)}

    about_order = came["riyadh"]
    assert (about_order.channel, about_order.order_id) == ("amazon", ORDER)
    assert (about_order.subject, about_order.source) == ("", Source.QUEUE)
    assert about_order.body == order.encode()
    assert before < about_order.received_at < datetime.now(UTC)
    assert len(about_order.correlation_id) == 32

    about_report = came["jeddah"]
    assert (about_report.subject, about_report.order_id) == ("report:51200199120", None)
    assert about_report.event_id == "notice:report:51200199120:DONE"
    assert about_report.body == report.encode()
    await cloud.empty(NOTIFICATIONS)


async def test_h01_ten_notifications_of_one_report_are_one_subject(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    bodies = json.loads((CASES / "H01-amazon-report-finished-x10.json").read_text())
    await cloud.send(NOTIFICATIONS, *(text(body) for body in bodies))
    came = await events(bus, QUEUE, len(bodies))
    assert {(e.account, e.subject) for e in came} == {("riyadh", "report:51200199120")}
    assert len({e.event_id for e in came}) == 1, "the inbox takes ten of one id for one"
    assert len({e.correlation_id for e in came}) == 10
    assert len({e.body for e in came}) == 10
    await cloud.empty(NOTIFICATIONS)


async def test_poison_is_set_aside_with_its_reason_and_holds_nothing_up(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    unknown = order_change() | {"NotificationType": "ANY_OFFER_CHANGED"}
    lacking = order_change()
    del lacking["Payload"]["OrderChangeNotification"]["AmazonOrderId"]
    poison = {
        "{no json": "contract",
        text(unknown): "contract",
        text(lacking): "contract",
        text(order_change(seller="A9FOREIGNSELLR")): "unknown_account",
        "[" * 5_000: "contract",
    }
    good = [text(order_change(f"408-0000000-000000{n}")) for n in range(5)]
    mixed = [body for pair in zip(poison, good, strict=True) for body in pair]
    await cloud.send(NOTIFICATIONS, *mixed)
    came = await events(bus, QUEUE, len(good))
    assert sorted(e.body.decode() for e in came) == sorted(good)
    found = await cloud.letters(NOTIFICATIONS, len(poison))
    await cloud.empty(NOTIFICATIONS)
    assert {body: said["reason"] for body, said in found.items()} == poison
    foreign = next(said for said in found.values() if said["reason"] == "unknown_account")
    assert "A9FOREIGNSELLR" in foreign["description"]
    assert "A2KSATESTSELLR" in foreign["description"], "what is configured is named"
    assert "ANY_OFFER_CHANGED" in found[text(unknown)]["description"]


async def test_too_large_for_the_bus_goes_as_a_claim(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    large = order_change("408-1111111-1111111")
    large["Payload"]["OrderChangeNotification"]["Note"] = "ح" * 200_000
    small = text(order_change("408-2222222-2222222"))
    await cloud.send(NOTIFICATIONS, text(large), small)
    came = {e.order_id: e for e in await events(bus, QUEUE, 2)}
    assert came["408-2222222-2222222"].body == small.encode()
    claimed = came["408-1111111-1111111"]
    assert claimed.body == b""
    bucket, _, key = claimed.claim.removeprefix("s3://").partition("/")
    assert bucket == CLAIMS
    kept = cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert kept == text(large).encode()
    assert claimed.cut_from is None
    await cloud.empty(NOTIFICATIONS)


async def test_no_seller_named_is_found_by_subscription_or_set_aside(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    ours = report_finished("700", seller=None)
    foreign = report_finished("701", seller=None)
    foreign["notificationMetadata"]["subscriptionId"] = "sub-of-nobody"
    await cloud.send(NOTIFICATIONS, text(ours), text(foreign))
    (came,) = await events(bus, QUEUE, 1)
    assert (came.account, came.subject) == ("jeddah", "report:700")
    found = await cloud.letters(NOTIFICATIONS, 1)
    assert "sub-of-nobody" in found[text(foreign)]["description"]


async def test_a_message_redelivered_keeps_its_ids(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    """The same body twice, as SQS may deliver it: two events that the inbox knows for one."""
    body = text(order_change("408-3333333-3333333"))
    await cloud.send(NOTIFICATIONS, body, body)
    first, second = await events(bus, QUEUE, 2)
    assert first.event_id == second.event_id
    kept = {"order_id", "account", "event_id", "subject", "body"}
    assert first.model_dump(include=kept) == second.model_dump(include=kept)


async def test_logs_are_json_and_hold_no_body(bus: ServiceBus, cloud: Cloud, poller: Child) -> None:
    body = order_change("408-4444444-4444444")
    body["Payload"]["OrderChangeNotification"]["Summary"]["DestinationPostalCode"] = "SECRETCODE"
    await cloud.send(NOTIFICATIONS, text(body))
    async with bus.receiver(QUEUE) as receiver:
        (message,) = await receiver.receive_messages(1, max_wait_time=10)
        await receiver.complete_message(message)
    event: InboundEvent = inbound_event(message)
    taken = [x for x in poller.logged("taken") if x["event_id"] == event.event_id]
    assert [x["correlation_id"] for x in taken] == [event.correlation_id]
    assert taken[0]["account"] == "riyadh"
    assert "SECRETCODE" not in poller.log.read_text(encoding="utf-8")
