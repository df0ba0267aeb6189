"""Orders of a poll's page that cannot be read: one dead letter each, however often they are met."""

from canonical.identity import poll_workflow_id
from tests.e2e.bad_input.edges import ACCOUNT, Edges
from tests.e2e.test_stuck_orders import place, temporal
from tests.fixtures.stack import CHANNEL
from tests.fixtures.waiting import eventually
from workers.stack.http import call

BAD, GOOD = "10601910001", "10601910002"


async def polled_again(edges: Edges) -> None:
    """One more poll, from its start to its end: it moves the account's cursor."""
    cursors = edges.platform.store.cursors
    before = await cursors.get(CHANNEL, ACCOUNT, "orders")
    assert before is not None
    polls = (await temporal(edges.platform)).get_schedule_handle(poll_workflow_id(CHANNEL, ACCOUNT))
    await polls.trigger()

    async def moved() -> bool | None:
        now = await cursors.get(CHANNEL, ACCOUNT, "orders")
        return True if now is not None and now.version > before.version else None

    await eventually(moved)


async def test_an_unreadable_order_of_a_page_is_one_dead_letter(edges: Edges) -> None:
    operator = edges.platform.channel.operator_url
    await call("POST", f"{operator}/knobs", {"hook_lost_share": 1.0})
    try:
        await place(edges.platform, ACCOUNT, {"orderNumber": BAD, "currencyCode": "riyal"})
        await place(edges.platform, ACCOUNT, {"orderNumber": GOOD})
        await polled_again(edges)
        await edges.order(GOOD)

        async def letters() -> int | None:
            return len(await edges.letters_about(f"order {BAD}")) or None

        assert await eventually(letters) == 1
        for _ in range(2):
            await polled_again(edges)
        # What the polls sent before it is taken, as the queue keeps its order.
        await edges.a_good_order_is_served()
        assert await letters() == 1
    finally:
        await call("POST", f"{operator}/knobs", {"hook_lost_share": 0.0})
    assert await edges.is_unknown(BAD)
    await edges.order(GOOD, state="delivered")
