"""Destination and subscriptions: made once, found again, never taken from somebody else."""

import json

import pytest
from aiohttp import web

from channels.amazon.notifications import SUBSCRIBED
from channels.errors import RefusedError
from channels.port import WebhookHealth
from tests.channels.amazon.samples import QUEUE, calls, fault, market, opened, says
from tests.channels.servers import Server


class Amazon:
    """As far as notifications go: remembers, and refuses a second of each with 409."""

    def __init__(self) -> None:
        self.destinations: list[dict[str, object]] = []
        self.subscriptions: dict[str, dict[str, str]] = {}
        self.shows_what_is_there = True

    async def destinations_(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return web.json_response({"payload": self.destinations})
        sent = await request.json()
        made = {"destinationId": "d1", "name": sent["name"]}
        made["resource"] = sent["resourceSpecification"]
        self.destinations.append(made)
        return web.json_response({"payload": made})

    async def subscriptions_(self, request: web.Request) -> web.StreamResponse:
        kind = request.path.rsplit("/", 1)[-1]
        there = self.subscriptions.get(kind)
        if request.method == "GET":
            if there is None or not self.shows_what_is_there:
                self.shows_what_is_there = True
                return web.json_response(fault("NotFound"), status=404)
            return web.json_response({"payload": there})
        if there is not None:
            return web.json_response(fault("StateConflict"), status=409)
        sent = await request.json()
        self.subscriptions[kind] = {"subscriptionId": f"s-{kind}", **sent}
        return web.json_response({"payload": self.subscriptions[kind]})

    def served(self) -> list[tuple[str, str, object]]:
        return [
            (method, path, handler)
            for path, handler in (
                ("/destinations", self.destinations_),
                ("/subscriptions", self.subscriptions_),
            )
            for method in ("GET", "POST")
        ]


async def subscribed(amazon: Amazon, times: int = 1) -> tuple[Server, list[dict[str, str]]]:
    async with market(*amazon.served()) as server, opened(server) as one:  # type: ignore[arg-type]
        told = [{f.what: f.was for f in await one.subscriptions()} for _ in range(times)]
    return server, told


async def test_what_is_missing_is_made_and_twice_changes_nothing() -> None:
    amazon = Amazon()
    server, (first, second) = await subscribed(amazon, 2)
    assert first == dict.fromkeys(["destination", *SUBSCRIBED], "made")
    assert second == dict.fromkeys(["destination", *SUBSCRIBED], "there")
    (created,) = calls(server, "/destinations", "POST")
    assert json.loads(created.body)["resourceSpecification"] == {"sqs": {"arn": QUEUE}}
    sent = {c.path.rsplit("/", 1)[-1]: json.loads(c.body) for c in calls(server, "/subscr", "POST")}
    assert {k: v["payloadVersion"] for k, v in sent.items()} == SUBSCRIBED
    assert {v["destinationId"] for v in sent.values()} == {"d1"}


async def test_a_409_is_success_after_a_look() -> None:
    amazon = Amazon()
    await subscribed(amazon)
    amazon.shows_what_is_there = False
    _, (told,) = await subscribed(amazon)
    assert set(told.values()) == {"there"}


async def test_a_subscription_to_another_queue_is_left_and_named() -> None:
    amazon = Amazon()
    elsewhere = {"subscriptionId": "s0", "destinationId": "d0", "payloadVersion": "1.0"}
    amazon.subscriptions["ORDER_CHANGE"] = elsewhere
    _, (told,) = await subscribed(amazon)
    assert told["ORDER_CHANGE"] == "elsewhere"
    assert amazon.subscriptions["ORDER_CHANGE"] == elsewhere


async def test_the_health_is_that_of_all_subscriptions() -> None:
    amazon = Amazon()
    async with market(*amazon.served()) as server, opened(server) as one:  # type: ignore[arg-type]
        assert await one.webhook_health("") is WebhookHealth.MISSING
        await one.subscribe("")
        assert await one.webhook_health("") is WebhookHealth.ACTIVE
        del amazon.subscriptions["ORDER_CHANGE"]
        assert await one.webhook_health("") is WebhookHealth.PASSIVE


async def test_without_a_queue_nothing_is_asked_and_a_person_told_what_to_do() -> None:
    async with market() as server, opened(server, queue_arn="") as one:
        with pytest.raises(RefusedError) as refused:
            await one.subscribe("")
    assert "437568002678" in refused.value.hint
    assert server.came == []


async def test_a_refused_queue_is_told_in_amazons_words() -> None:
    routes = (
        ("GET", "/destinations", says({"payload": []})),
        ("POST", "/destinations", says((400, fault("InvalidInput", "cannot access the queue")))),
    )
    async with market(*routes) as server, opened(server) as one:
        with pytest.raises(RefusedError, match="cannot access the queue"):
            await one.subscribe("")
