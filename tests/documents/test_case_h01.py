"""H01: ten notifications of one report, by the bus: one document, one call, one import."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bridge.bus import ServiceBus
from bridge.bus.declaration import declaration
from canonical.envelope import InboundEvent, Source
from channels.amazon.abilities import ALL_ORDERS
from channels.amazon.ingress import read_message
from store.document_results import DocumentState
from store.document_tables import order_report_rows
from store.tables import inbox
from tests.bridge.running import dispatching, until_so
from tests.documents.stage import Stage
from tests.sandbox.servicebus.program import Program

CASES = Path(__file__).parents[1] / "cases"
NOTIFICATIONS = json.loads((CASES / "H01-amazon-report-finished-x10.json").read_bytes())
REPORT, DOCUMENT = (
    "51200199120",
    NOTIFICATIONS[0]["payload"]["reportProcessingFinishedNotification"]["reportDocumentId"],
)
ROWS = (CASES / "H08b-report-body-plain.tsv").read_bytes()


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[ServiceBus]:
    """A broker of its own, with what is declared of one channel."""
    program = Program(declaration(["amazon"]), tmp_path)
    await program.start()
    bus = ServiceBus.connect(program.connection_string())
    yield bus
    await bus.close()
    await program.stop()


def _event(stage: Stage, notification: object, event_id: str = "") -> InboundEvent:
    """As the function at the marketplace's queue forwards it."""
    body = json.dumps(notification).encode()
    told = read_message(body)
    return InboundEvent(
        channel="amazon",
        account=stage.channel.account,
        event_id=event_id or told.event_id,
        order_id=None,
        subject=told.subject,
        source=Source.QUEUE,
        received_at=datetime.now(UTC),
        correlation_id="c",
        body=body,
    )


@pytest.mark.parametrize("own_ids", [False, True], ids=["one fact", "ten ids"])
async def test_h01_ten_notifications_are_one_piece_of_work(
    stage: Stage, bus: ServiceBus, own_ids: bool
) -> None:
    stage.reports[DOCUMENT] = ROWS
    accounts = {("amazon", stage.channel.account): stage.channel}
    events = [
        _event(stage, each, each["notificationMetadata"]["notificationId"] if own_ids else "")
        for each in NOTIFICATIONS
    ]

    async def log() -> list[tuple[str, int]]:
        statement = select(inbox.c.state, inbox.c.deliveries).where(
            inbox.c.account == stage.channel.account
        )
        rows = await stage.store._database.quick(lambda c: list(c.execute(statement).all()))
        return [(row.state, row.deliveries) for row in rows]

    async def all_came() -> bool:
        rows = await log()
        ended = all(state != "received" for state, _ in rows)
        return ended and sum(deliveries for _, deliveries in rows) == len(events)

    async with dispatching(bus, stage.store, stage.client, accounts):
        await bus.send_inbound(events)
        await until_so(all_came, 30)
        found = stage.found(ALL_ORDERS, DOCUMENT, REPORT)
        kept = await stage.ended(found)
        # An eleventh, long after: known, and nothing is fetched.
        await bus.send_inbound(events[:1])

        async def eleventh() -> bool:
            return sum(deliveries for _, deliveries in await log()) == len(events) + 1

        await until_so(eleventh, 30)
    states = [state for state, _ in await log()]
    assert states.count("applied") == 1
    assert states.count("superseded") == (9 if own_ids else 0)
    assert (kept.state, kept.row_count) == (DocumentState.STORED, 4)
    assert len(await stage.documents_of_account()) == 1
    assert len(await stage.rows(order_report_rows, kept)) == 4
    assert (stage.asked_for(), stage.downloads()) == (1, 1)
    assert len(stage.bus.documents) == 1


async def test_what_a_notification_does_not_bring_is_no_work(stage: Stage, bus: ServiceBus) -> None:
    cancelled = json.loads(json.dumps(NOTIFICATIONS[0]))
    told = cancelled["payload"]["reportProcessingFinishedNotification"]
    told |= {"processingStatus": "CANCELLED", "reportDocumentId": None, "reportId": "1"}
    foreign = json.loads(json.dumps(NOTIFICATIONS[0]))
    told = foreign["payload"]["reportProcessingFinishedNotification"]
    told |= {"reportType": "GET_SOMETHING_ELSE", "reportId": "2"}
    accounts = {("amazon", stage.channel.account): stage.channel}
    async with dispatching(bus, stage.store, stage.client, accounts):
        await bus.send_inbound([_event(stage, cancelled), _event(stage, foreign)])
        statement = select(inbox.c.state).where(inbox.c.account == stage.channel.account)

        async def ended() -> bool:
            rows = await stage.store._database.quick(lambda c: list(c.execute(statement).all()))
            return [row.state for row in rows] == ["superseded", "superseded"]

        await until_so(ended, 30)
    assert await stage.documents_of_account() == []
    assert stage.asked_for() == 0


async def test_a_file_that_the_bucket_tells_of(stage: Stage, bus: ServiceBus) -> None:
    stage.disk.files["s3://bucket/in/%D9%85%20x.txt"] = CASES / "H06-amazon-settlement-v2.tsv"
    body = {
        "bucket": "bucket",
        "key": "in/م x.txt",
        "etag": "e1",
        "version": "",
        "created_at": "2026-11-24T04:02:11+00:00",
    }
    event = InboundEvent(
        channel="amazon",
        account=stage.channel.account,
        event_id="object:bucket/in/م x.txt:1",
        order_id=None,
        subject="object:bucket/in/م x.txt",
        source=Source.QUEUE,
        received_at=datetime.now(UTC),
        correlation_id="c",
        body=json.dumps(body).encode(),
    )
    again = event.model_copy(update={"event_id": "object:bucket/in/م x.txt:2"})
    accounts = {("amazon", stage.channel.account): stage.channel}
    async with dispatching(bus, stage.store, stage.client, accounts):
        await bus.send_inbound([event, again])

        async def stored() -> bool:
            rows = await stage.documents_of_account()
            return [(r.state, r.number) for r in rows] == [("stored", "19482399001")]

        await until_so(stored, 30)
