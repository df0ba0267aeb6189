"""Looking for documents: what nobody announced is found, once; what was given up is taken up."""

from datetime import timedelta
from uuid import uuid4

from activities.signatures.accounts import PollResult
from activities.signatures.start import POLL_WORKFLOW, PollStart, PollSubject, bulk_task_queue
from channels.amazon.abilities import ALL_ORDERS, SETTLEMENT
from store.document_results import DocumentState
from tests.bridge.running import until_so
from tests.documents.settlements import whole
from tests.documents.stage import Stage


def _report(report_id: str, kind: str = SETTLEMENT, status: str = "DONE") -> dict[str, str]:
    return {
        "reportId": report_id,
        "reportType": kind,
        "createdTime": "2026-11-24T04:02:11Z",
        "processingStatus": status,
        "reportDocumentId": f"doc-{report_id}",
        "dataStartTime": "2026-11-01T00:00:00Z",
        "dataEndTime": "2026-11-15T00:00:00Z",
    }


async def _polled(stage: Stage) -> PollResult:
    start = PollStart(
        channel="amazon", account=stage.channel.account, subject=PollSubject.DOCUMENTS
    )
    found: PollResult = await stage.client.execute_workflow(
        POLL_WORKFLOW,
        start,
        id=uuid4().hex,
        task_queue=bulk_task_queue("amazon"),
        run_timeout=timedelta(minutes=1),
        result_type=PollResult,
    )
    return found


async def test_settlements_are_found_and_each_is_brought_once(stage: Stage) -> None:
    stage.listed += [
        _report("1"),
        _report("2"),
        _report("3", ALL_ORDERS, "IN_PROGRESS"),
    ]
    stage.reports |= {"doc-1": whole(10, "S1"), "doc-2": whole(20, "S2")}
    assert (await _polled(stage)).events == 2

    async def stored() -> bool:
        rows = await stage.documents_of_account()
        return sorted((r.number, r.state, r.row_count) for r in rows if r.told_at) == [
            ("S1", "stored", 10),
            ("S2", "stored", 20),
        ]

    await until_so(stored, 30)
    again = await _polled(stage)
    assert (again.events, again.known) == (0, 2)
    assert stage.asked_for() == 2
    assert len(stage.bus.documents) == 2


async def test_a_document_whose_workflow_was_terminated_is_taken_up_again(stage: Stage) -> None:
    stage.bus.away = True
    found = await stage.report(SETTLEMENT, whole(10, "S3"))

    async def stored() -> bool:
        rows = await stage.documents_of_account()
        return [r.state for r in rows] == ["stored"]

    await until_so(stored, 30)
    await stage.handle(found).terminate("somebody pressed the button")
    stage.bus.away = False
    await _polled(stage)
    kept = await stage.ended(found)
    assert kept.state is DocumentState.STORED
    assert kept.told_at is not None
    assert len(stage.bus.documents) == 1
    assert stage.downloads() == 1
