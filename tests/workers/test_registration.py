"""The one table of what runs where."""

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from temporalio import activity, workflow

from activities.ports import Platform
from activities.signatures import accounts, by_body, documents, orders
from activities.signatures.documents import DOCUMENT_WORKFLOW
from activities.signatures.start import (
    ACCOUNT_WORKFLOW,
    ORDER_WORKFLOW,
    POLL_WORKFLOW,
    SWEEP_WORKFLOW,
)
from store import Store
from tests.fixtures.world import MemoryBus
from workers.registration import DUTIES, queues

Activity = Callable[..., Any]


def _named(function: Activity) -> str:
    definition = activity._Definition.from_callable(function)
    assert definition is not None and definition.name is not None
    return definition.name


def _signatures() -> dict[str, Activity]:
    return {
        _named(function): function
        for module in (orders, accounts, documents)
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function is not by_body
    }


def _bodies() -> list[Activity]:
    store = Store.connect("postgresql+asyncpg://nobody@localhost/none")
    platform = Platform(store=store, bus=MemoryBus(), channels={})
    return [body for duty in DUTIES for body in duty.activities(platform)]


def test_each_signature_has_one_body_and_each_body_a_signature() -> None:
    names = [_named(body) for body in _bodies()]
    assert len(names) == len(set(names)), "a name is registered twice"
    assert set(names) == set(_signatures())


def test_bodies_take_and_give_what_their_signatures_say() -> None:
    signatures = _signatures()
    for body in _bodies():
        assert get_type_hints(body) == get_type_hints(signatures[_named(body)]), _named(body)


async def test_a_signature_is_never_run_by_mistake() -> None:
    for name, signature in _signatures().items():
        try:
            await signature(None)
        except RuntimeError as error:
            assert "must register its body" in str(error), name
        else:
            raise AssertionError(f"{name} ran without a body")


def test_workflows_stand_under_their_agreed_names_once() -> None:
    names = [
        definition.name
        for duty in DUTIES
        for cls in duty.workflows
        if (definition := workflow._Definition.from_class(cls))
    ]
    agreed = (
        DOCUMENT_WORKFLOW,
        ORDER_WORKFLOW,
        POLL_WORKFLOW,
        ACCOUNT_WORKFLOW,
        SWEEP_WORKFLOW,
    )
    assert sorted(filter(None, names)) == sorted(agreed)


def test_no_two_queues_share_a_name() -> None:
    names = queues(["toy", "other"])
    assert names == ["toy", "toy-bulk", "other", "other-bulk"]
