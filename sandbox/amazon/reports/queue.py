"""Reports and their schedules, as they stand."""

from typing import Any

from pydantic import BaseModel

from sandbox.amazon.stamps import iso
from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database

REPORT = "report"
SCHEDULE = "schedule"
SETTLED = "settled"

IN_QUEUE = "IN_QUEUE"
IN_PROGRESS = "IN_PROGRESS"
DONE = "DONE"
CANCELLED = "CANCELLED"
FATAL = "FATAL"
FINAL = frozenset({DONE, CANCELLED, FATAL})

FIRST_REPORT = 54_517_018_502


class Report(BaseModel):
    """A report that was asked for, or that Amazon makes by itself."""

    id: str
    seller: str
    type: str
    marketplaces: list[str]
    options: dict[str, str] = {}
    start: int
    end: int
    created_at: int
    status: str = IN_QUEUE
    started_at: int | None = None
    ended_at: int | None = None
    document_id: str = ""
    schedule_id: str = ""

    def wire(self) -> dict[str, Any]:
        """As the API shows it."""
        shown: dict[str, Any] = {
            "reportId": self.id,
            "reportType": self.type,
            "marketplaceIds": self.marketplaces,
            "dataStartTime": iso(self.start),
            "dataEndTime": iso(self.end),
            "createdTime": iso(self.created_at),
            "processingStatus": self.status,
        }
        if self.started_at is not None:
            shown["processingStartTime"] = iso(self.started_at)
        if self.ended_at is not None:
            shown["processingEndTime"] = iso(self.ended_at)
        if self.document_id:
            shown["reportDocumentId"] = self.document_id
        if self.schedule_id:
            shown["reportScheduleId"] = self.schedule_id
        return shown


class Schedule(BaseModel):
    """A report type that is made again and again."""

    id: str
    seller: str
    type: str
    marketplaces: list[str]
    options: dict[str, str] = {}
    period: str
    next_at: int

    def wire(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "reportScheduleId": self.id,
            "reportType": self.type,
            "marketplaceIds": self.marketplaces,
            "reportOptions": self.options,
            "period": self.period,
            "nextReportCreationTime": iso(self.next_at),
        }


class Reports:
    """All reports and schedules, and which money has been settled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reports = {
            key: Report.model_validate_json(body) for key, body in database.all(REPORT)
        }
        self._schedules = {
            key: Schedule.model_validate_json(body) for key, body in database.all(SCHEDULE)
        }
        self._settled = {key for key, _ in database.all(SETTLED)}

    def new_id(self) -> str:
        """The next report's id."""
        return str(self._database.next("report", FIRST_REPORT))

    def save(self, report: Report) -> None:
        """Writes a report."""
        self._reports[report.id] = report
        self._database.put(REPORT, report.id, report.model_dump_json())

    def get(self, seller: str, report_id: str) -> Report | None:
        """A seller's report, or None."""
        found = self._reports.get(report_id)
        return found if found is not None and found.seller == seller else None

    def of_seller(self, seller: str) -> list[Report]:
        """A seller's reports, newest first."""
        mine = [each for each in self._reports.values() if each.seller == seller]
        return sorted(mine, key=lambda each: (-each.created_at, each.id))

    def finished_since(self, report: Report, since_ms: int) -> bool:
        """Whether another report of its type was finished for the seller after that time."""
        return any(
            each.type == report.type
            and each.id != report.id
            and each.status == DONE
            and (each.ended_at or 0) >= since_ms
            for each in self.of_seller(report.seller)
        )

    def save_schedule(self, schedule: Schedule) -> None:
        """Writes a schedule."""
        self._schedules[schedule.id] = schedule
        self._database.put(SCHEDULE, schedule.id, schedule.model_dump_json())

    def schedule(self, seller: str, schedule_id: str) -> Schedule | None:
        """A seller's schedule, or None."""
        found = self._schedules.get(schedule_id)
        return found if found is not None and found.seller == seller else None

    def schedules(self, seller: str) -> list[Schedule]:
        """A seller's schedules."""
        return [each for each in self._schedules.values() if each.seller == seller]

    def drop_schedule(self, schedule: Schedule) -> None:
        """Forgets a schedule."""
        del self._schedules[schedule.id]
        self._database.drop(SCHEDULE, schedule.id)

    def settle(self, key: str) -> bool:
        """Marks money as settled; False where it was already."""
        if key in self._settled:
            return False
        self._settled.add(key)
        self._database.put(SETTLED, key, str(now_ms()))
        return True
