"""What holds an account's marketplace calls back."""

import asyncio
from datetime import UTC, datetime

from store import Store
from store.holds import Hold

WHOSE = ("trendyol", "riyadh")
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
BY_A_PERSON = Hold(by="sara", why="stock taking", since=NOW)
BY_OURSELVES = Hold(by="souk", why="401", since=NOW, credentials=True)


async def test_held_and_lifted_and_held_again(store: Store) -> None:
    assert await store.holds.get(*WHOSE) is None
    assert not await store.holds.lift(*WHOSE)
    for hold in (BY_OURSELVES, BY_A_PERSON):
        assert await store.holds.put(*WHOSE, hold) == hold
        assert await store.holds.get(*WHOSE) == hold
        assert await store.holds.get("trendyol", "jeddah") is None
        assert await store.holds.lift(*WHOSE)
        assert await store.holds.get(*WHOSE) is None


async def test_a_refused_login_does_not_replace_what_a_person_said(store: Store) -> None:
    await store.holds.put(*WHOSE, BY_A_PERSON)
    assert await store.holds.put(*WHOSE, BY_OURSELVES) == BY_A_PERSON
    assert not await store.holds.lift(*WHOSE, credentials_only=True)
    assert await store.holds.get(*WHOSE) == BY_A_PERSON
    await store.holds.lift(*WHOSE)
    await store.holds.put(*WHOSE, BY_OURSELVES)
    assert await store.holds.put(*WHOSE, BY_A_PERSON) == BY_A_PERSON


async def test_many_at_once_leave_one_and_a_long_reason_is_cut_visibly(store: Store) -> None:
    holds = [Hold(by=f"p{n}", why='"مخزون" ' * 200, since=NOW) for n in range(8)]
    await asyncio.gather(*(store.holds.put(*WHOSE, hold) for hold in holds))
    stands = await store.holds.get(*WHOSE)
    assert stands is not None
    assert stands.by in {hold.by for hold in holds}
    assert stands.why.startswith('"مخزون" ') and stands.why.endswith("…")
