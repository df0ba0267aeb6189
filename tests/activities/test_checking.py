"""An account's health in one result."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from temporalio.client import Client, ScheduleOverlapPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.bodies.checking import PATIENCE, Checking
from activities.signatures.accounts import CheckAccountInput, CheckAccountResult
from activities.signatures.start import PollSubject
from canonical.attention import AttentionWord
from canonical.identity import poll_workflow_id
from channels.errors import ContractError, CredentialsError, RefusedError, UnavailableError
from channels.port import WebhookHealth
from store.holds import Hold
from tests.fixtures.toy import LATE_ABILITIES, TOY_ABILITIES
from tests.fixtures.world import World


class Schedules:
    """A client that takes down which Schedules are triggered."""

    def __init__(self, there: bool = True) -> None:
        self.triggered: list[tuple[str, ScheduleOverlapPolicy]] = []
        self._there = there
        self._name = ""

    def get_schedule_handle(self, name: str) -> "Schedules":
        self._name = name
        return self

    async def trigger(self, *, overlap: ScheduleOverlapPolicy) -> None:
        if not self._there:
            raise RPCError("not there", RPCStatusCode.NOT_FOUND, b"")
        self.triggered.append((self._name, overlap))


async def _check(
    world: World,
    attempt: int = 1,
    stale: timedelta = timedelta(hours=1),
    schedules: "Schedules | None" = None,
    watched: timedelta | None = None,
) -> CheckAccountResult:
    environment = ActivityEnvironment(client=cast(Client, schedules or Schedules()))
    environment.info = replace(ActivityEnvironment.default_info(), attempt=attempt)
    arg = CheckAccountInput(
        channel=world.channel.name,
        account=world.channel.account,
        poll_stale_after=stale,
        returns_stale_after=stale if world.channel.abilities.returns else None,
        watched_since=datetime.now(UTC) - watched if watched else None,
    )
    result: CheckAccountResult = await environment.run(Checking(world.platform).check_account, arg)
    return result


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (CredentialsError, AttentionWord.CREDENTIALS),
        (RefusedError, AttentionWord.REFUSED),
        (ContractError, AttentionWord.CONTRACT),
    ],
)
async def test_lasting_trouble_is_said_at_once(
    world: World, kind: type[CredentialsError], word: AttentionWord
) -> None:
    world.channel.health_error = kind(world.channel.name, "riyadh", "webhooks", "no")
    attention = (await _check(world)).attention
    assert attention and attention.word is word


async def test_an_outage_is_said_after_some_attempts(world: World) -> None:
    world.channel.health_error = UnavailableError(world.channel.name, "riyadh", "hooks", "503")
    with pytest.raises(ApplicationError):
        await _check(world)
    attention = (await _check(world, attempt=PATIENCE)).attention
    assert attention and attention.word is AttentionWord.UNAVAILABLE


@pytest.mark.parametrize("health", [WebhookHealth.PASSIVE, WebhookHealth.MISSING])
async def test_a_hook_that_is_off_is_mended(world: World, health: WebhookHealth) -> None:
    world.channel.health, schedules = health, Schedules()
    result = await _check(world, schedules=schedules)
    assert (result.webhook, result.attention) == (health.value, None)
    assert world.channel.subscribed == ["https://souk.example/webhooks"]
    name = poll_workflow_id(world.channel.name, world.channel.account)
    assert schedules.triggered == [(name, ScheduleOverlapPolicy.BUFFER_ONE)]


async def test_a_hook_that_stands_triggers_no_poll(world: World) -> None:
    schedules = Schedules()
    await _check(world, schedules=schedules)
    assert schedules.triggered == []


async def test_a_first_hook_may_stand_before_there_are_polls(world: World) -> None:
    world.channel.health = WebhookHealth.MISSING
    result = await _check(world, schedules=Schedules(there=False))
    assert (result.webhook, result.attention) == ("missing", None)


async def test_a_hook_that_only_the_panel_can_mend_is_an_attention(world: World) -> None:
    hooks = TOY_ABILITIES.webhooks
    assert hooks is not None
    fixed = hooks.model_copy(update={"can_register": False})
    world.channel.abilities = TOY_ABILITIES.model_copy(update={"webhooks": fixed})
    world.channel.health = WebhookHealth.PASSIVE
    result = await _check(world)
    assert result.attention and "panel" in result.attention.what_to_do
    assert world.channel.subscribed == []


@pytest.mark.parametrize("subject", [PollSubject.ORDERS, PollSubject.RETURNS])
async def test_an_old_poll_is_an_attention_and_no_poll_yet_is_none(
    world: World, subject: PollSubject
) -> None:
    world.channel.abilities = LATE_ABILITIES
    assert (await _check(world)).attention is None
    key = (world.channel.name, world.channel.account, subject.value)
    await world.store.cursors.commit(*key, "2026-11-24T00:00:00+00:00", None)
    result = await _check(world)
    assert result.attention is None
    ages = {
        PollSubject.ORDERS: result.poll_age,
        PollSubject.RETURNS: result.returns_poll_age,
    }
    assert [s for s, age in ages.items() if age is not None] == [subject]
    result = await _check(world, stale=timedelta(0))
    assert result.attention and result.attention.word is AttentionWord.UNAVAILABLE
    assert f"last complete poll of the {subject} of" in result.attention.what_happened


async def test_a_poll_that_never_came_to_its_end_is_an_attention_too(world: World) -> None:
    world.channel.abilities = LATE_ABILITIES
    key = (world.channel.name, world.channel.account, PollSubject.ORDERS.value)
    await world.store.cursors.commit(*key, "2026-11-24T00:00:00+00:00", None)
    assert (await _check(world, watched=timedelta(minutes=59))).attention is None
    attention = (await _check(world, watched=timedelta(minutes=61))).attention
    assert attention and "No poll of the returns" in attention.what_happened
    assert "61 minutes" in attention.what_happened


async def test_returns_that_nobody_polls_are_not_old(world: World) -> None:
    found = await _check(world, watched=timedelta(minutes=1), stale=timedelta(minutes=30))
    assert (found.attention, found.returns_poll_age) == (None, None)


async def test_a_check_that_succeeds_ends_the_pause_of_a_refused_login(world: World) -> None:
    key = world.channel.name, world.channel.account
    world.channel.health_error = CredentialsError(*key, "webhooks", "401")
    found = await _check(world)
    assert found.paused and found.attention and found.attention.word is AttentionWord.CREDENTIALS
    assert "401" in found.attention.what_happened
    world.channel.health_error, schedules = None, Schedules()
    found = await _check(world, schedules=schedules)
    assert (found.paused, found.attention) == (False, None)
    assert len(schedules.triggered) == 1, "what came meanwhile is polled at once"
    assert await world.store.holds.get(*key) is None


async def test_a_person_pause_is_shown_and_no_check_ends_it(world: World) -> None:
    key = world.channel.name, world.channel.account
    world.channel.health = WebhookHealth.MISSING
    since = datetime(2026, 11, 25, tzinfo=UTC)
    await world.store.holds.put(*key, Hold(by="sara", why="stock taking", since=since))
    found = await _check(world)
    assert found.paused and found.attention
    assert found.attention.word is AttentionWord.UNAVAILABLE
    assert found.attention.what_happened == "sara paused the account: stock taking"
    assert "souk account resume" in found.attention.what_to_do
    assert world.channel.subscribed == [], "a paused account makes no call"
    assert await world.store.holds.get(*key) is not None


async def test_a_queue_that_events_come_by_is_looked_after_without_any_url(world: World) -> None:
    queue = TOY_ABILITIES.model_copy(update={"webhooks": None, "pushes_to_queue": True})
    world.channel.abilities = queue
    world.channel.health = WebhookHealth.MISSING
    result = await _check(world)
    assert world.channel.subscribed == [""]
    assert result.webhook == "missing"
    world.channel.abilities = queue.model_copy(update={"pushes_to_queue": False})
    world.channel.subscribed.clear()
    await _check(world)
    assert world.channel.subscribed == []
