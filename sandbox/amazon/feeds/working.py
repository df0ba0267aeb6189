"""How feeds are worked off: slowly, message by message, with a report at the end."""

import json
from xml.sax.saxutils import escape

from sandbox.amazon.feeds import listings, messages, types
from sandbox.amazon.feeds.effects import Wrong, apply
from sandbox.amazon.feeds.queue import DONE, FATAL, FINAL, IN_PROGRESS, IN_QUEUE, Feed
from sandbox.amazon.notifications.kinds import FEED_FINISHED
from sandbox.amazon.notifications.payloads import feed_finished
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms
from sandbox.engine.seeds import picked, rng

FAULTS = frozenset({"feed_fatal", "feed_stuck"})


def register(world: World) -> None:
    """Says what the feeds' timers do."""
    world.timers.on("feed.step", lambda d: _step(world, d["seller"], d["feed"]))
    listings.register(world)


def enqueue(world: World, feed: Feed) -> None:
    """Takes a feed in."""
    world.feeds.save(feed)
    _later(world, feed)


def _later(world: World, feed: Feed) -> None:
    chance = rng(world.knobs.seed, "feed", feed.id, feed.status)
    wait = world.knobs.scaled(chance.uniform(*world.knobs.feed_steps_s))
    world.timers.after(wait, "feed.step", seller=feed.seller, feed=feed.id)


def _step(world: World, seller: str, feed_id: str) -> None:
    feed = world.feeds.get(seller, feed_id)
    if feed is None or feed.status in FINAL:
        return
    if feed.status == IN_QUEUE:
        feed.status, feed.started_at = IN_PROGRESS, now_ms()
        world.feeds.save(feed)
        _later(world, feed)
        return
    fault = world.faults.later(seller, feed.type, FAULTS)
    if fault is not None and fault.kind == "feed_stuck":
        return
    if fault is not None:
        _finish(world, feed, FATAL, "text/plain", fault.message)
    elif feed.type in types.DEAD | types.ELSEWHERE:
        _finish(world, feed, FATAL, "text/plain", f"{feed.type} is not supported.")
    else:
        _work_off(world, feed)


def _work_off(world: World, feed: Feed) -> None:
    document = world.documents.get(feed.input_id)
    body = world.documents.path(document).read_bytes() if document else b""
    if feed.type == types.LISTINGS:
        report = listings.work_off(world, feed.seller, feed.id, body)
        summary = report["summary"]
        feed.outcome = {
            "processed": summary["messagesProcessed"],
            "accepted": summary["messagesAccepted"],
            "invalid": summary["messagesInvalid"],
        }
        text = json.dumps(report, ensure_ascii=False, default=str)
        _finish(world, feed, DONE, "application/json", text)
        return
    try:
        asked = messages.read(feed.type, body)
    except messages.Unreadable as trouble:
        _finish(world, feed, FATAL, "text/plain", str(trouble))
        return
    wrong: list[tuple[int, str]] = []
    for message in asked:
        try:
            apply(world, feed, message)
        except Wrong as trouble:
            wrong.append((message.number, str(trouble)))
    # A message may name several items; it counts once, and is wrong if one of them is.
    processed, invalid = {each.number for each in asked}, {number for number, _ in wrong}
    feed.outcome = {
        "processed": len(processed),
        "accepted": len(processed - invalid),
        "invalid": len(invalid),
    }
    if feed.type in types.XML:
        _finish(world, feed, DONE, "text/xml", _xml_report(feed, wrong))
    else:
        _finish(world, feed, DONE, "text/plain", _flat_report(feed, wrong))


def _finish(world: World, feed: Feed, status: str, content_type: str, text: str) -> None:
    gzipped = picked(world.knobs.seed, "gzip", int(feed.id), world.knobs.gzip_share)
    document = world.documents.write(
        feed.seller, "result", [text.encode()], gzipped, f"{content_type}; charset=UTF-8"
    )
    now = now_ms()
    feed.status, feed.ended_at, feed.result_id = status, now, document.id
    world.feeds.save(feed)
    payload = feed_finished(feed.seller, feed.id, feed.type, status, document.id)
    world.deliveries.announce(feed.seller, FEED_FINISHED, feed.id, payload, now)


def _xml_report(feed: Feed, wrong: list[tuple[int, str]]) -> str:
    """The processing report of XML feeds, as recalled (ASSUMED)."""
    results = "".join(
        f"<Result><MessageID>{number}</MessageID><ResultCode>Error</ResultCode>"
        f"<ResultMessageCode>18028</ResultMessageCode>"
        f"<ResultDescription>{escape(why)}</ResultDescription></Result>"
        for number, why in wrong
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope>'
        "<Header><DocumentVersion>1.02</DocumentVersion>"
        f"<MerchantIdentifier>{feed.seller}</MerchantIdentifier></Header>"
        "<MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID>"
        f"<ProcessingReport><DocumentTransactionID>{feed.id}</DocumentTransactionID>"
        "<StatusCode>Complete</StatusCode><ProcessingSummary>"
        f"<MessagesProcessed>{feed.outcome['processed']}</MessagesProcessed>"
        f"<MessagesSuccessful>{feed.outcome['accepted']}</MessagesSuccessful>"
        f"<MessagesWithError>{feed.outcome['invalid']}</MessagesWithError>"
        "<MessagesWithWarning>0</MessagesWithWarning></ProcessingSummary>"
        f"{results}</ProcessingReport></Message></AmazonEnvelope>"
    )


def _flat_report(feed: Feed, wrong: list[tuple[int, str]]) -> str:
    """The processing report of flat files, as recalled (ASSUMED)."""
    lines = [
        "Feed Processing Summary:",
        f"\tNumber of records processed\t\t{feed.outcome['processed']}",
        f"\tNumber of records successful\t\t{feed.outcome['accepted']}",
        "",
        "original-record-number\tsku\terror-code\terror-type\terror-message",
        *(f"{number}\t\t18028\tError\t{why}" for number, why in wrong),
    ]
    return "\n".join(lines) + "\n"
