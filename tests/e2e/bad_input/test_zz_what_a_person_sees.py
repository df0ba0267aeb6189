"""After all that the folder sent: dead letters can be listed and shown, all is counted."""

from tests.e2e.bad_input.edges import ACCOUNT, COMMANDS, INBOUND, Edges, raw
from tests.e2e.test_stuck_orders import place


async def test_every_dead_letter_is_listed_and_any_is_shown(edges: Edges) -> None:
    package = edges.package(currencyCode="ريال😀", customerFirstName="\x00\ud83d")
    assert await edges.hook(package) == 200
    await edges.letter(package)
    said = await edges.platform.souk("dlq", "list", "--json")
    assert said.code == 0, said.err
    assert {x["entity"] for x in said.json} <= {INBOUND, COMMANDS}
    assert all(x["reason"] and x["description"] for x in said.json)
    (mine,) = [x for x in said.json if package["orderNumber"] in x["description"]]
    shown = await edges.platform.souk("dlq", "show", INBOUND, str(mine["sequence_number"]))
    assert shown.code == 0, shown.err
    assert raw(package).decode() in shown.out


async def test_all_that_came_is_accounted_for(edges: Edges) -> None:
    await edges.a_good_order_is_served()
    account = await edges.platform.account()
    assert account.differences == ()
    assert account.received == account.applied + account.superseded + account.dead_letters


async def test_an_order_of_the_marketplace_goes_all_its_way(edges: Edges) -> None:
    await place(edges.platform, ACCOUNT, {"orderNumber": "10601990001"})
    done = await edges.order("10601990001", state="delivered")
    assert done.attention is None
