"""The stand-in for Lambda's event source: what is deleted, what comes again, what is set aside."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.aws.event_source import Mapping, failed_of
from tests.bridge.aws.harness import Child, Cloud, eventually, polling

HANDLERS = "tests.bridge.aws.handlers"
VISIBILITY_S = 2


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Queues of these tests' own, whose messages are visible again soon."""
    queues = [
        {"name": name, "visibility_timeout_s": VISIBILITY_S, "max_receive_count": 2}
        for name in ("dies", "raises", "fails_odd", "names_a_stranger", "lasts")
    ]
    cloud = await Cloud.start(tmp_path_factory.mktemp("own"), {"queues": queues})
    yield cloud
    await cloud.child.stop()


async def started(cloud: Cloud, folder: Path, name: str, **more: Any) -> Child:
    facts = {"name": name, "handler": f"{HANDLERS}.{name}", "queue": name, "timeout_s": 1, **more}
    return await polling(cloud, folder, {"functions": [facts]})


@pytest.mark.parametrize(
    "name",
    [
        "raises",
        *(pytest.param(x, marks=pytest.mark.slow) for x in ("dies", "names_a_stranger", "lasts")),
    ],
)
async def test_a_batch_that_fails_whole_comes_again_and_ends_among_the_dead_letters(
    own: Cloud, tmp_path: Path, name: str
) -> None:
    poller = await started(own, tmp_path, name)
    await own.send(name, "1", "2", "3")
    assert set(await own.letters(name, 3)) == {"1", "2", "3"}
    assert own.count(name) == 0
    await poller.stop()


async def test_only_the_messages_that_are_named_come_again(own: Cloud, tmp_path: Path) -> None:
    poller = await started(own, tmp_path, "fails_odd", batch_size=20, window_s=1)
    await own.send("fails_odd", *(str(n) for n in range(12)))
    await eventually(lambda: own.count("fails_odd") == 6)
    assert set(await own.letters("fails_odd", 6)) == {"1", "3", "5", "7", "9", "11"}
    await poller.stop()


async def test_a_timeout_longer_than_the_visibility_is_refused(own: Cloud, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="less than Function timeout: 3 seconds"):
        await started(own, tmp_path, "raises", timeout_s=3)


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": [{"wrong": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": "a"}, {"a", "b"}),
        ("done", {"a", "b"}),
    ],
)
def test_answers_are_read_as_lambda_reads_them(answer: Any, failed: set[str]) -> None:
    assert failed_of(answer, {"a", "b"}) == failed


def test_a_large_batch_needs_a_window() -> None:
    with pytest.raises(ValueError, match="window"):
        Mapping("queue", batch_size=11)
