"""Rows of quotas on a real database: all or none, by its clock, and never twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from canonical.abilities import Quota
from store.database import Database
from store.dialects.port import Dialect
from store.dialects.postgresql import PostgresSql
from store.dialects.stepwise import Stepwise
from store.limiter import NoSlotError, SlotLimiter, SqlRows, Told
from store.limiter.rows import Answer, Version
from tests.store.limiter.given import quota

FAR = datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000


class StepwisePostgres(PostgresSql, Stepwise):
    """PostgreSQL gone through step by step, as Azure SQL is."""


@pytest_asyncio.fixture(params=["one statement", "stepwise"])
async def rows(request: pytest.FixtureRequest, fresh_postgres_url: str) -> AsyncIterator[SqlRows]:
    dialect: Dialect | None = StepwisePostgres() if request.param == "stepwise" else None
    opened = SqlRows(Database(fresh_postgres_url, 4, dialect=dialect))
    yield opened
    await opened.close()


def versions(answer: Answer) -> dict[str, tuple[int, str]]:
    return {key: (row.version, row.state) for key, row in answer.rows.items()}


async def test_missing_rows_are_made_once(rows: SqlRows) -> None:
    answers = await asyncio.gather(*(rows.read(["a", "b"]) for _ in range(4)))
    assert [versions(a) for a in answers] == [{"a": (0, "{}"), "b": (0, "{}")}] * 4


async def test_the_clock_is_the_databases(rows: SqlRows) -> None:
    before = time.time() * 1000
    answer = await rows.read(["a"])
    assert before - 5 <= answer.now <= time.time() * 1000 + 5


async def test_a_swap_writes_what_nobody_has_written_since(rows: SqlRows) -> None:
    await rows.read(["a"])
    assert (await rows.swap({"a": Version(0, '{"x":1}')}, FAR)).swapped
    late = await rows.swap({"a": Version(0, '{"x":2}')}, FAR)
    assert not late.swapped
    assert versions(late) == {"a": (1, '{"x":1}')}


async def test_of_two_rows_both_are_written_or_none(rows: SqlRows) -> None:
    await rows.read(["a", "b"])
    await rows.swap({"b": Version(0, '{"b":1}')}, FAR)
    answer = await rows.swap({"a": Version(0, "A"), "b": Version(0, "B")}, FAR)
    assert not answer.swapped
    assert versions(answer) == {"a": (0, "{}"), "b": (1, '{"b":1}')}
    assert (await rows.swap({"a": Version(0, "A"), "b": Version(1, "B")}, FAR)).swapped
    assert versions(await rows.read(["a", "b"])) == {"a": (1, "A"), "b": (2, "B")}


async def test_what_comes_too_late_is_not_written(rows: SqlRows) -> None:
    now = (await rows.read(["a"])).now
    assert not (await rows.swap({"a": Version(0, "late")}, now - 1)).swapped
    assert versions(await rows.read(["a"])) == {"a": (0, "{}")}


async def test_nobody_elses_change_is_lost_under_contention(rows: SqlRows) -> None:
    keys = ["a", "b"]

    async def count(times: int) -> None:
        known = (await rows.read(keys)).rows
        for _ in range(times):
            while True:
                wanted = {
                    k: Version(row.version, str(int(row.state.strip("{}") or 0) + 1))
                    for k, row in known.items()
                }
                answer = await rows.swap(wanted, FAR)
                known = answer.rows
                if answer.swapped:
                    known = {k: Version(r.version + 1, r.state) for k, r in wanted.items()}
                    break

    await asyncio.gather(*(count(25) for _ in range(4)))
    assert versions(await rows.read(keys)) == {"a": (100, "100"), "b": (100, "100")}


@pytest.fixture
def limiter(fresh_postgres_url: str) -> Callable[..., SlotLimiter]:
    def opened(*quotas: Quota, **more: Any) -> SlotLimiter:
        rows = SqlRows.connect(fresh_postgres_url)
        return SlotLimiter(rows, {"toy": quotas}, **more)

    return opened


async def test_two_processes_share_a_window(limiter: Callable[..., SlotLimiter]) -> None:
    quotas = [quota(10, 1.0), quota(40, 60.0, name="minute")]
    ours, theirs = limiter(*quotas), limiter(*quotas)
    left: list[float] = []

    async def call(one: SlotLimiter) -> None:
        slot = await one.reserve("toy", "acc", "op")
        assert slot.good()
        left.append(time.monotonic())

    await asyncio.gather(*(call(x) for x in (ours, theirs) for _ in range(12)))
    left.sort()
    assert all(later - earlier > 1.0 for earlier, later in zip(left, left[10:], strict=False))
    assert left[-1] - left[0] < 3.5
    await ours.close()
    await theirs.close()


async def test_what_is_too_far_off_is_hinted_at_spread(limiter: Callable[..., SlotLimiter]) -> None:
    one = limiter(quota(1, 60.0), patience=1.0)
    await one.reserve("toy", "acc", "op")
    waits = []
    for _ in range(3):
        with pytest.raises(NoSlotError) as refused:
            await one.reserve("toy", "acc", "op")
        waits.append(refused.value.wait)
    assert [round(wait / 60) for wait in waits] == [1, 2, 3]
    await one.close()


async def test_a_correction_reaches_the_other_process(limiter: Callable[..., SlotLimiter]) -> None:
    ours, theirs = limiter(quota(10, 1.0)), limiter(quota(10, 1.0), patience=5.0)
    await ours.reserve("toy", "acc", "op")
    await ours.correct("toy", "acc", "op", 40.0)
    # The first one to come learns it from the database and waits in vain for its patience.
    with pytest.raises(NoSlotError):
        await asyncio.wait_for(theirs.reserve("toy", "acc", "op"), 10)
    with pytest.raises(NoSlotError) as refused:
        await theirs.reserve("toy", "acc", "op")
    assert 25 < refused.value.wait < 60
    await ours.close()
    await theirs.close()


async def test_what_was_told_reaches_the_other_process(limiter: Callable[..., SlotLimiter]) -> None:
    declared = quota(100, 1.0, "bucket", burst=2)
    ours, theirs = limiter(declared), limiter(declared, patience=0.5)
    await ours.reserve("toy", "acc", "op")
    await ours.adjust("toy", "acc", "op", Told(per_second=0.1))
    for _ in range(3):
        with suppress(NoSlotError):
            await theirs.reserve("toy", "acc", "op")
    with pytest.raises(NoSlotError) as refused:
        await theirs.reserve("toy", "acc", "op")
    assert 5 < refused.value.wait < 40
    await ours.close()
    await theirs.close()


async def test_of_many_on_one_row_nobody_starves(limiter: Callable[..., SlotLimiter]) -> None:
    plenty = quota(1_000_000, 1.0, "bucket", burst=1_000_000)
    limiters = [limiter(plenty, patience=60.0) for _ in range(4)]
    got = [0, 0, 0, 0]
    ends = time.monotonic() + 2.0

    async def caller(number: int) -> None:
        while time.monotonic() < ends:
            await limiters[number].reserve("toy", "acc", "op")
            got[number] += 1

    await asyncio.gather(*(caller(number) for number in range(4) for _ in range(64)))
    assert min(got) > sum(got) / 20, got  # each would have a quarter
    for one in limiters:
        await one.close()
