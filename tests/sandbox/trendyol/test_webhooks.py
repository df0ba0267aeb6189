from base64 import b64encode
from itertools import pairwise

import pytest

from tests.sandbox.trendyol.harness import Receiver, Seller, eventually

HOOKS = "webhook/S/webhooks"


def wanted(**more: object) -> dict[str, object]:
    return {
        "url": "https://hooks.example.sa/ty/1",
        "authenticationType": "API_KEY",
        "apiKey": "long-random",
        "countryCodes": ["SA"],
        "subscribedStatuses": ["CREATED"],
        **more,
    }


async def test_create_list_replace_and_delete(seller: Seller) -> None:
    created = await seller.call("POST", HOOKS, wanted())
    assert set(created.json) == {"id"}
    hook_id = created.json["id"]
    [listed] = (await seller.call("GET", HOOKS)).json
    assert (listed["id"], listed["status"]) == (hook_id, "ACTIVE")
    assert listed["subscribedStatuses"] == ["CREATED"]
    assert "long-random" not in str(listed)
    basic = wanted(authenticationType="BASIC_AUTHENTICATION", username="u", password="p")
    answer = await seller.call("PUT", f"{HOOKS}/{hook_id}", basic)
    assert (answer.status, answer.text) == (200, "200 OK")
    [listed] = (await seller.call("GET", HOOKS)).json
    assert listed["authenticationType"] == "BASIC_AUTHENTICATION"
    for action, status in [("deactivate", "PASSIVE"), ("activate", "ACTIVE")]:
        answer = await seller.call("PUT", f"{HOOKS}/{hook_id}/{action}")
        assert answer.text == "200 OK"
        assert (await seller.call("GET", HOOKS)).json[0]["status"] == status
    assert (await seller.call("DELETE", f"{HOOKS}/{hook_id}")).text == "200 OK"
    assert (await seller.call("DELETE", f"{HOOKS}/{hook_id}")).status == 404
    assert (await seller.call("GET", HOOKS)).json == []


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://localhost:1/x"},
        {"url": "https://a.example/Trendyol/x"},
        {"url": "https://dolap.example/x"},
        {"url": "nowhere"},
        {"authenticationType": "NONE"},
        {"apiKey": ""},
        {"subscribedStatuses": ["SOMETHING"]},
        {"countryCodes": ["XX"]},
    ],
)
async def test_what_a_hook_may_not_be(seller: Seller, change: dict[str, object]) -> None:
    answer = await seller.call("POST", HOOKS, wanted(**change))
    assert answer.status == 400
    assert answer.json["errors"][0]["key"] == "invalid.webhook"


async def test_localhost_passes_by_a_switch(seller: Seller) -> None:
    await seller.sandbox.knobs(allow_localhost_hooks=True)
    assert (await seller.call("POST", HOOKS, wanted(url="http://localhost:1/x"))).status == 200


async def test_fifteen_hooks_passive_ones_included(seller: Seller) -> None:
    ids = [(await seller.call("POST", HOOKS, wanted())).json["id"] for _ in range(15)]
    await seller.call("PUT", f"{HOOKS}/{ids[0]}/deactivate")
    answer = await seller.call("POST", HOOKS, wanted())
    assert (answer.status, answer.json["errors"][0]["key"]) == (400, "webhook.limit.exceeded")
    await seller.call("DELETE", f"{HOOKS}/{ids[0]}")
    assert (await seller.call("POST", HOOKS, wanted())).status == 200


async def test_every_change_is_one_event_with_the_whole_package(
    seller: Seller, receiver: Receiver
) -> None:
    await seller.hook(receiver)
    package = await seller.order()
    for status in ("Picking", "Invoiced"):
        await seller.set_status(package, status)
    await seller.move(package, "Shipped")
    await eventually(lambda: len(receiver.events) == 4)
    assert sorted(receiver.statuses(package)) == ["Created", "Invoiced", "Picking", "Shipped"]
    assert receiver.headers[0]["x-api-key"] == "shh"
    assert await seller.package(package) in receiver.events


async def test_basic_credentials_and_subscriptions(seller: Seller, receiver: Receiver) -> None:
    basic = {"authenticationType": "BASIC_AUTHENTICATION", "username": "u", "password": "p"}
    await seller.hook(receiver, **basic, subscribedStatuses=["PICKING"])
    package = await seller.order()
    await seller.set_status(package, "Picking")
    await seller.move(package, "SomethingNew")
    await eventually(lambda: receiver.events)
    assert receiver.statuses(package) == ["Picking"]
    assert receiver.headers[0]["Authorization"] == f"Basic {b64encode(b'u:p').decode()}"


async def test_no_statuses_means_all_even_unknown_ones(seller: Seller, receiver: Receiver) -> None:
    await seller.hook(receiver, subscribedStatuses=[])
    await seller.hook(receiver, countryCodes=["AE"])
    package = await seller.order()
    await eventually(lambda: receiver.events)
    await seller.move(package, "SomethingNew")
    await eventually(lambda: len(receiver.events) == 2)
    assert receiver.statuses(package) == ["Created", "SomethingNew"]


async def test_a_failed_delivery_comes_again_after_five_scaled_minutes(
    seller: Seller, receiver: Receiver
) -> None:
    await seller.sandbox.knobs(hook_retry_s=45)
    receiver.status = 500
    await seller.hook(receiver)
    await seller.order()
    await eventually(lambda: len(receiver.events) == 2)
    receiver.status = 200
    await eventually(lambda: len(receiver.events) == 3)
    gaps = [later - earlier for earlier, later in pairwise(receiver.arrivals)]
    assert all(0.25 < gap < 2.0 for gap in gaps)
    assert receiver.texts[0] == receiver.texts[2]
    hooks = (await seller.ledger())["hooks"]
    assert (hooks["failed"], hooks["delivered"], hooks["sent"]) == (2, 1, 3)


async def test_thirteen_bad_answers_switch_the_hook_off(seller: Seller, receiver: Receiver) -> None:
    await seller.sandbox.knobs(hook_retry_s=3)
    receiver.status = 400
    hook_id = await seller.hook(receiver)
    await seller.order()

    async def passive() -> bool:
        return str((await seller.call("GET", HOOKS)).json[0]["status"]) == "PASSIVE"

    await eventually(lambda: len(receiver.events) >= 12)
    await eventually(passive)
    assert len(receiver.events) == 13
    receiver.status = 200
    await seller.order()
    assert (await seller.ledger())["hooks"]["lostPassive"] == 2
    await seller.call("PUT", f"{HOOKS}/{hook_id}/activate")
    last = await seller.order()
    await eventually(lambda: len(receiver.events) == 14)
    assert receiver.statuses(last) == ["Created"]


async def test_a_good_answer_starts_the_count_again(seller: Seller, receiver: Receiver) -> None:
    await seller.sandbox.knobs(hook_retry_s=3)
    receiver.status = 500
    await seller.hook(receiver)
    await seller.order()
    await eventually(lambda: len(receiver.events) >= 8)
    receiver.status = 200
    hooks = await eventually(lambda: _delivered(seller, 1))
    assert hooks["passivations"] == 0
    [state] = [
        each
        for each in await seller.sandbox.operate("GET", "/webhooks")
        if each["seller"] == seller.id
    ]
    assert (state["status"], state["failures"]) == ("ACTIVE", 0)


async def _delivered(seller: Seller, count: int) -> dict[str, int] | None:
    hooks: dict[str, int] = (await seller.ledger())["hooks"]
    return hooks if hooks["delivered"] >= count else None


async def test_duplicates_disorder_envelopes_and_losses_are_counted(
    seller: Seller, receiver: Receiver
) -> None:
    await seller.sandbox.knobs(
        hook_duplicate_share=0.2,
        hook_reorder_share=0.2,
        hook_envelope_share=0.25,
        hook_lost_share=0.1,
        hook_hold_s=[0.3, 0.6],
    )
    await seller.hook(receiver)
    for _ in range(20):
        package = await seller.order()
        await seller.move(package, "Shipped")

    async def quiet() -> dict[str, int] | None:
        hooks: dict[str, int] = (await seller.ledger())["hooks"]
        return None if hooks["pending"] else hooks

    hooks = await eventually(quiet)
    assert hooks["events"] == 40
    assert hooks["lost"] == 4
    assert hooks["delivered"] == 36
    assert hooks["duplicated"] >= 4
    assert hooks["reordered"] >= 4
    assert hooks["sent"] == len(receiver.texts) == 36 + hooks["duplicated"]
    assert len(receiver.texts) - len(set(receiver.texts)) == hooks["duplicated"]
    assert sum(text.startswith('{"content":[') for text in receiver.texts) >= 8


async def test_raw_bodies_with_right_and_wrong_credentials(
    seller: Seller, receiver: Receiver
) -> None:
    await seller.hook(receiver)
    for credentials in ("right", "wrong", "none"):
        raw = {"seller": seller.id, "body": "not json {", "times": 2, "credentials": credentials}
        assert await seller.sandbox.operate("POST", "/webhooks/raw", raw) == {"queued": 2}
    await eventually(lambda: len(receiver.texts) == 6)
    assert set(receiver.texts) == {"not json {"}
    keys = sorted(headers.get("x-api-key", "") for headers in receiver.headers)
    assert keys == ["", "", "shh", "shh", "shh-wrong", "shh-wrong"]
