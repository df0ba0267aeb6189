"""What the settings of an account make of its channel."""

from datetime import timedelta
from typing import Any

import pytest

from activities.signatures.start import PollSubject
from canonical.abilities import Abilities
from channels.trendyol import ABILITIES
from tests.channels.servers import CountingLimiter
from workers.bootstrap import open_channel, polls_of
from workers.settings import AccountSettings, SettingsError


def account(**more: Any) -> AccountSettings:
    keys = {"seller_id": "900123", "api_key": "k", "api_secret": "s"}
    return AccountSettings(channel="trendyol", account="riyadh", **{"options": keys, **more})


async def test_abilities_can_be_overridden_one_by_one() -> None:
    one = open_channel(account(abilities={"dead_parcel_settles": 5}), CountingLimiter())
    assert one.abilities.dead_parcel_settles == timedelta(seconds=5)
    assert one.abilities.actions == ABILITIES.actions
    await one.close()


def test_an_ability_that_does_not_fit_is_named_without_its_value() -> None:
    odd = account(abilities={"dead_parcel_settles": "whenever"})
    with pytest.raises(SettingsError, match=r"abilities\.dead_parcel_settles") as error:
        open_channel(odd, CountingLimiter())
    assert "whenever" not in str(error.value)


async def opened(one: AccountSettings) -> Abilities:
    """The account's abilities, as a worker opens it."""
    channel = open_channel(one, CountingLimiter())
    await channel.close()
    return channel.abilities


async def test_orders_and_returns_are_polled_each_at_their_own_pace() -> None:
    abilities = await opened(account())
    polls = {start.subject: every for start, every in polls_of(account(), abilities)}
    assert polls == {
        PollSubject.ORDERS: timedelta(minutes=5),
        PollSubject.RETURNS: timedelta(minutes=15),
        PollSubject.WALK: timedelta(days=1),
    }
    seconds = timedelta(seconds=10)
    quick = {
        start.subject: every for start, every in polls_of(account(poll_every=seconds), abilities)
    }
    assert quick == {**polls, PollSubject.ORDERS: seconds, PollSubject.RETURNS: seconds}


async def test_an_account_that_narrows_its_channel_is_polled_by_its_own_abilities() -> None:
    one = account(abilities={"returns": None})
    polled = [start.subject for start, _ in polls_of(one, await opened(one))]
    assert polled == [PollSubject.ORDERS, PollSubject.WALK]
