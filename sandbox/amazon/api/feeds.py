"""Feeds 2021-06-30 (section 4.1)."""

from typing import Any

from sandbox.amazon.api.history import page_of
from sandbox.amazon.api.reports import MAX_MARKETPLACES, document_wire
from sandbox.amazon.errors import invalid, not_found, throttled
from sandbox.amazon.feeds import types, working
from sandbox.amazon.feeds.queue import CANCELLED, IN_QUEUE, Feed
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.engine.clock import now_ms

LISTINGS_SPAN_S = 300


async def create_document(call: Call) -> Reply:
    """POST /feeds/2021-06-30/documents."""
    content_type = (await call.json_object()).get("contentType")
    if not isinstance(content_type, str) or "/" not in content_type:
        raise invalid("contentType is required.")
    document = call.world.documents.awaiting(call.seller, content_type)
    url = call.world.documents.url(str(call.request.url.origin()), document, "PUT")
    return Reply({"feedDocumentId": document.id, "url": url}, 201)


async def create_feed(call: Call) -> Reply:
    """POST /feeds/2021-06-30/feeds."""
    body = await call.json_object()
    kind, marketplaces = body.get("feedType"), body.get("marketplaceIds")
    if not isinstance(marketplaces, list) or not 1 <= len(marketplaces) <= MAX_MARKETPLACES:
        raise invalid(f"marketplaceIds must name 1 to {MAX_MARKETPLACES} marketplaces.")
    if MARKETPLACE_ID not in marketplaces:
        raise invalid("The seller does not take part in these marketplaces.")
    if not isinstance(kind, str) or kind not in types.KNOWN:
        raise invalid(f"There is no feed type {kind}.")
    document = call.world.documents.get(str(body.get("inputFeedDocumentId")))
    if document is None or document.seller != call.seller or document.kind != "feed":
        raise invalid("The input feed document does not exist.")
    if not document.uploaded:
        raise invalid("The input feed document was not uploaded.")
    if kind == types.LISTINGS and not _listings_may(call):
        raise throttled()
    feed = Feed(
        id=call.world.feeds.new_id(),
        seller=call.seller,
        type=kind,
        marketplaces=marketplaces,
        input_id=document.id,
        options=body.get("feedOptions") or {},
        created_at=now_ms(),
    )
    working.enqueue(call.world, feed)
    call.world.ledger.wrote(call.seller, call.operation.name, kind, feed.id, "applied")
    return Reply({"feedId": feed.id}, 202)


def _listings_may(call: Call) -> bool:
    """Five in five minutes, a limit of its own (changelog 2025-05-06)."""
    knobs = call.world.knobs
    since = now_ms() - round(knobs.scaled(LISTINGS_SPAN_S) * 1000)
    mine = call.world.feeds.of_seller(call.seller)
    recent = [each for each in mine if each.type == types.LISTINGS and each.created_at > since]
    return len(recent) < knobs.listings_feeds_per_5_min


async def get_feeds(call: Call) -> Reply:
    """GET /feeds/2021-06-30/feeds: nextToken must be the only parameter."""
    page, token = page_of(call, "feedTypes", call.world.feeds.of_seller(call.seller))
    body: dict[str, Any] = {"feeds": [each.wire() for each in page]}
    return Reply(body | ({"nextToken": token} if token else {}))


async def get_feed(call: Call) -> Reply:
    """GET /feeds/2021-06-30/feeds/{feedId}."""
    return Reply(_feed(call).wire())


async def cancel_feed(call: Call) -> Reply:
    """DELETE /feeds/2021-06-30/feeds/{feedId}: only while it is in the queue."""
    feed = _feed(call)
    if feed.status != IN_QUEUE:
        raise invalid("The feed is not in the queue any more.")
    feed.status, feed.ended_at = CANCELLED, now_ms()
    call.world.feeds.save(feed)
    return Reply({})


async def get_document(call: Call) -> Reply:
    """GET /feeds/2021-06-30/documents/{feedDocumentId}."""
    document = call.world.documents.get(call.path("feedDocumentId"))
    if document is None or document.seller != call.seller or document.kind != "result":
        raise not_found("The feed document does not exist.")
    return Reply(document_wire(call, "feedDocumentId", document.id))


def _feed(call: Call) -> Feed:
    found = call.world.feeds.get(call.seller, call.path("feedId"))
    if found is None:
        raise not_found("The feed does not exist.")
    return found
