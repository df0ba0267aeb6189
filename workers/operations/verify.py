"""`souk verify`: whether everything that came is accounted for."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.signatures.start import ORDER_WORKFLOW
from bridge.bus.messages import odd_properties
from bridge.dead_letters import DeadLetter
from bridge.dispatcher.commands import UNKNOWN_ORDER
from bridge.dispatcher.inbound import CONTRACT, TOO_LARGE, UNKNOWN_ACCOUNT, UNKNOWN_CHANNEL
from canonical.identity import OrderRef
from store import Store
from store.results import InboxState, StoreReport
from workers.client import connect
from workers.operations import dead_letters
from workers.operations.errors import AwayError
from workers.operations.opened import open_store
from workers.sealer import sealer_of
from workers.settings import Settings

GRACE = timedelta(minutes=1)
"""What came in just now is on its way, not lost."""
OURS = frozenset({CONTRACT, TOO_LARGE, UNKNOWN_ACCOUNT, UNKNOWN_CHANNEL, UNKNOWN_ORDER})
"""Reasons by which we dead-letter; with any other the bus gave a message up."""
NAMED = 5
"""Orders that a sentence names; the rest is counted."""


@dataclass(frozen=True)
class Account:
    """The sum, and every difference in a sentence."""

    received: int
    applied: int
    superseded: int
    dead_letters: int
    on_their_way: int
    """Received less than the grace ago and not applied yet."""
    orders: int
    open_orders: int
    differences: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        return not self.differences


async def verified(settings: Settings, grace: timedelta = GRACE) -> Account:
    """Holds inbox, dead letters, orders and workflows against each other.

    Raises:
        StoreUnavailableError, BusUnavailableError, TemporalUnavailableError: One of them is away.
    """
    async with open_store(settings) as store:
        report = await store.report.read()
        open_refs = [ref async for ref in store.orders.open_refs()]
        letters = await dead_letters.listed(settings, None, None)
        alone = await _without_workflow(
            await connect(settings.temporal, sealer=sealer_of(settings)), store, open_refs
        )
    late = report.oldest_received is not None and report.oldest_received < _now() - grace
    counts = {state: report.inbox.get(state, 0) for state in InboxState}
    bus_only = len(_not_in_inbox(letters))
    return Account(
        received=sum(counts.values()) + bus_only,
        applied=counts[InboxState.APPLIED],
        superseded=counts[InboxState.SUPERSEDED],
        dead_letters=counts[InboxState.DEAD_LETTERED] + bus_only,
        on_their_way=0 if late else counts[InboxState.RECEIVED],
        orders=sum(report.orders.values()),
        open_orders=len(open_refs),
        differences=tuple(_differences(report, letters, alone, late)),
    )


def _differences(
    report: StoreReport, letters: list[DeadLetter], alone: list[OrderRef], late: bool
) -> Iterator[str]:
    waiting = report.inbox.get(InboxState.RECEIVED, 0)
    if late:
        yield (
            f"{waiting} events were received and are neither applied, superseded nor dead-lettered;"
            f" the oldest came at {report.oldest_received:%Y-%m-%d %H:%M:%S} UTC. Is the worker"
            " running? `souk order list --open`, then `souk order resync`."
        )
    yield from _about_letters(report.inbox, letters)
    if alone:
        yield (
            f"{_which(alone)} open without a running workflow: nobody looks after"
            " them. `souk order resync` starts one again."
        )
    if report.orders_without_lines:
        yield f"{_which(report.orders_without_lines)} recorded without any line."
    if report.quantities_disagree:
        yield f"{_which(report.quantities_disagree)} recorded with lines and parcels that disagree."
    for effect in report.stuck_effects:
        if effect.begun_at < _now() - GRACE:
            yield (
                f"`{effect.name}` of {effect.ref.workflow_id} is {effect.state} since"
                f" {effect.begun_at:%Y-%m-%d %H:%M:%S} UTC: `souk order show` tells more."
            )


def _about_letters(inbox: Mapping[InboxState, int], letters: list[DeadLetter]) -> Iterator[str]:
    given_up = [x for x in letters if x.reason not in OURS]
    for letter in given_up[:NAMED]:
        yield (
            f"The bus gave up message {letter.sequence_number} of {letter.entity}"
            f" ({letter.reason or 'no reason'}): `souk dlq show {letter.entity}"
            f" {letter.sequence_number}`, then `souk dlq replay`."
        )
    if len(given_up) > NAMED:
        yield f"The bus gave up {len(given_up) - NAMED} further messages: `souk dlq list`."
    known, dead = len(_in_inbox(letters)), inbox.get(InboxState.DEAD_LETTERED, 0)
    if known > dead:
        yield (
            f"The bus has {known} dead letters of events, the inbox {dead}: {known - dead} were"
            " set aside without being written down. `souk dlq list` shows them."
        )


def _in_inbox(letters: list[DeadLetter]) -> list[DeadLetter]:
    """Dead letters of events whose envelope could be read: the inbox must have them too."""
    return [x for x in letters if x.reason in OURS - {UNKNOWN_ORDER} and _enveloped(x)]


def _not_in_inbox(letters: list[DeadLetter]) -> list[DeadLetter]:
    """Those that only the bus has: commands, and messages that do not say whose they are."""
    return [x for x in letters if x.reason in OURS and x not in _in_inbox(letters)]


def _enveloped(letter: DeadLetter) -> bool:
    return not odd_properties(letter.properties)


async def _without_workflow(
    client: Client, store: Store, open_refs: Collection[OrderRef]
) -> list[OrderRef]:
    """Open orders that no workflow runs for; asked once more each, as lists lag behind."""
    query = f'WorkflowType = "{ORDER_WORKFLOW}" AND ExecutionStatus = "Running"'
    try:
        running = {x.id async for x in client.list_workflows(query)}
        missing = [ref for ref in open_refs if ref.workflow_id not in running]
        alone = [ref for ref in missing if not await _runs(client, ref)]
    except RPCError as error:
        raise AwayError(f"Temporal does not answer: {error.message}") from error
    still_open = {ref async for ref in store.orders.open_refs()} if alone else set()
    return [ref for ref in alone if ref in still_open]


async def _runs(client: Client, ref: OrderRef) -> bool:
    try:
        found = await client.get_workflow_handle(ref.workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return found.status is WorkflowExecutionStatus.RUNNING


def _which(refs: Collection[OrderRef]) -> str:
    names = ", ".join(ref.workflow_id for ref in list(refs)[:NAMED])
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return f"{len(refs)} orders ({names}{more}) are"


def _now() -> datetime:
    return datetime.now(UTC)
