"""The account looks after itself: webhook, credentials, outage, poll age."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import and_, update
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.bodies import holding
from activities.signatures import search_attributes
from activities.signatures.asks import (
    CONFIGURE,
    PAUSE,
    RESUME,
    RESYNC,
    STATE,
    AccountStanding,
    Asked,
)
from activities.signatures.start import AccountStart, PollSubject
from canonical.identity import account_workflow_id
from channels.errors import CredentialsError
from channels.port import WebhookHealth
from store import Store
from store.database import Database
from store.tables import cursors
from tests.fixtures.histories import Keep
from tests.fixtures.toy import LATE_ABILITIES, order_of
from tests.fixtures.world import World, eventually, world_of
from workers.accounts import ensure_account

WATCHED = (PollSubject.ORDERS, PollSubject.RETURNS)
ASKED = Asked(by="noura", why="keys renewed")


def _start(world: World, every: timedelta = timedelta(hours=1)) -> AccountStart:
    return AccountStart(
        channel=world.channel.name,
        account=world.channel.account,
        abilities=world.channel.abilities,
        check_every=every,
    )


def _handle(world: World) -> "WorkflowHandle[object, None]":
    return world.client.get_workflow_handle(
        account_workflow_id(world.channel.name, world.channel.account)
    )


async def _until(world: World, word: str | None) -> AccountStanding:
    async def shows() -> AccountStanding | None:
        found: AccountStanding = await _handle(world).query(STATE, result_type=AccountStanding)
        shown = found.attention.word.value if found.attention else None
        return found if shown == word and found.webhook != "unchecked" else None

    return await eventually(shows, f"account attention {word}")


async def test_refused_credentials_are_the_accounts_attention_until_a_check_succeeds(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    name = world.channel.name
    world.channel.health_error = CredentialsError(name, "riyadh", "webhooks", "401: key expired")
    async with world.working():
        await ensure_account(temporal, _start(world))
        standing = await _until(world, "credentials")
        assert standing.attention and "key expired" in standing.attention.what_happened
        found = (await _handle(world).describe()).typed_search_attributes
        assert found.get(search_attributes.ATTENTION) == "credentials"
        assert found.get(search_attributes.ACCOUNT) == "riyadh"
        world.channel.health_error = None
        answer = await _handle(world).execute_update(RESYNC, ASKED, result_type=str)
        assert answer == "Checked."
        await _until(world, None)
        found = (await _handle(world).describe()).typed_search_attributes
        assert found.get(search_attributes.ATTENTION) is None
        await keep_history(_handle(world), "account-credentials")
        await _handle(world).terminate()


async def test_a_webhook_that_was_switched_off_is_registered_anew(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    world.channel.health = WebhookHealth.PASSIVE
    async with world.working():
        await ensure_account(temporal, _start(world))
        standing = await _until(world, None)
        await _handle(world).terminate()
    assert standing.webhook == "passive", "as found"
    assert len(world.channel.subscribed) == 1
    assert world.channel.health is WebhookHealth.ACTIVE


async def test_checks_come_round_and_a_restarted_worker_brings_new_settings(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    async with world.working():
        await ensure_account(temporal, _start(world))
        await _until(world, None)
        first = (await _handle(world).describe()).run_id
        world.channel.health = WebhookHealth.MISSING
        await _handle(world).signal(CONFIGURE, "not settings")
        await _handle(world).signal("nonsense", 1)
        await ensure_account(temporal, _start(world, every=timedelta(milliseconds=200)))

        async def mended() -> bool | None:
            return True if world.channel.subscribed else None

        await eventually(mended, "a check by the new pace")
        assert (await _handle(world).describe()).run_id == first
        await _handle(world).terminate()


async def test_paused_and_resumed_by_a_person(
    temporal: Client, store: Store, keep_history: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "LOOK_AGAIN", timedelta(seconds=1))
    world = world_of(temporal, store)
    asked = Asked(by="sara", why="stock taking")
    async with world.working():
        await ensure_account(temporal, _start(world))
        await _until(world, None)
        said = await _handle(world).execute_update(PAUSE, asked, result_type=str)
        assert said == "Checked: unavailable. sara paused the account: stock taking"
        found = (await _handle(world).describe()).typed_search_attributes
        assert found.get(search_attributes.STATUS) == "paused"
        standing: AccountStanding = await _handle(world).query(STATE, result_type=AccountStanding)
        assert standing.paused and standing.attention

        ref = world.ref("8001")
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.accept(ref)

        async def waits() -> bool | None:
            pending = (await world.handle(ref).describe()).raw_description.pending_activities
            return (
                True if any("paused by sara" in x.last_failure.message for x in pending) else None
            )

        await eventually(waits, "the call that waits, in the web UI")
        assert world.channel.performed == []
        said = await _handle(world).execute_update(RESUME, asked, result_type=str)
        assert said == "Checked."
        found = (await _handle(world).describe()).typed_search_attributes
        assert found.get(search_attributes.STATUS) == "healthy"
        await world.until_told("order.released")
        await keep_history(_handle(world), "account-paused-and-resumed")
        for handle in (_handle(world), world.handle(ref)):
            await handle.terminate()


@pytest.mark.parametrize("subject", WATCHED)
async def test_a_poll_that_has_gone_stale_is_found_by_the_next_check(
    skipping: WorkflowEnvironment, store: Store, postgres_url: str, subject: PollSubject
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    keys = {s: (world.channel.name, world.channel.account, s.value) for s in WATCHED}
    for key in keys.values():
        await store.cursors.commit(*key, "2026-11-24T08:00:00+00:00", None)
    async with world.working():
        await ensure_account(world.client, _start(world, every=timedelta(minutes=15)))
        await _until(world, None)
        # Nobody asks for a check: each quarter of an hour passes by itself.
        await _age(postgres_url, keys[subject], timedelta(minutes=7))
        standing = await _until(world, "unavailable")
        assert standing.attention is not None
        assert f"the {subject} of" in standing.attention.what_happened
        cursor = await store.cursors.get(*keys[subject])
        assert cursor is not None
        await store.cursors.commit(*keys[subject], "2026-11-24T09:00:00+00:00", cursor.version)
        await _until(world, None)
        await _handle(world).terminate()


async def _age(url: str, key: tuple[str, str, str], by: timedelta) -> None:
    """As if the last complete poll had been so long ago; its time is the database's own."""
    where = and_(cursors.c.channel == key[0], cursors.c.account == key[1], cursors.c.name == key[2])
    moved = update(cursors).where(where).values(moved_at=datetime.now(UTC) - by)
    database = Database(url, pool_size=1)
    await database.transaction(lambda connection: connection.execute(moved))
    await database.close()
