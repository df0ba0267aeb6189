"""Traffic plans of a sandbox, kept over a kill."""

from typing import Generic, TypeVar

from pydantic import BaseModel

from sandbox.engine.database import Database

KIND = "plan"


class NumberedPlan(BaseModel):
    """What every marketplace's plans have."""

    id: int = 0


PlanT = TypeVar("PlanT", bound=NumberedPlan)


class PlanBook(Generic[PlanT]):
    """All plans, running and finished."""

    def __init__(self, database: Database, by_hand: PlanT) -> None:
        """Reads the plans of earlier runs; `by_hand` is the pace of what belongs to no plan."""
        self._database = database
        self._by_hand = by_hand
        model = type(by_hand)
        self._plans = {
            int(key): model.model_validate_json(body) for key, body in database.all(KIND)
        }

    def add(self, plan: PlanT) -> PlanT:
        """Takes in a plan and numbers it."""
        plan.id = self._database.next("plan")
        self.save(plan)
        return plan

    def save(self, plan: PlanT) -> None:
        """Writes a plan."""
        self._plans[plan.id] = plan
        self._database.put(KIND, str(plan.id), plan.model_dump_json())

    def get(self, plan_id: int | None) -> PlanT:
        """The plan, or the pace of what was placed by hand."""
        return self._by_hand if plan_id is None else self._plans[plan_id]

    def all(self) -> list[PlanT]:
        """All plans, oldest first."""
        return list(self._plans.values())
