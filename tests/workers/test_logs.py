import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from workers.logs import HIDDEN, configure, correlated


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    configure("INFO", stream=stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


def last(lines: io.StringIO) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(lines.getvalue().splitlines()[-1])
    return written


def test_one_json_object_a_line_with_the_correlation_id(lines: io.StringIO) -> None:
    with correlated("c0ffee"):
        structlog.get_logger("bridge").info("handed_over", order_id="10600123456")
    line = last(lines)
    assert (line["event"], line["level"], line["logger"]) == ("handed_over", "info", "bridge")
    assert (line["correlation_id"], line["order_id"]) == ("c0ffee", "10600123456")
    assert line["timestamp"].endswith("Z")


def test_libraries_speak_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("lost %s", "a link")
    assert (last(lines)["event"], last(lines)["logger"]) == ("lost a link", "some.library")
    logging.getLogger("azure.servicebus").info("each call")
    assert last(lines)["event"] == "lost a link"


def test_nothing_personal_and_no_secret(lines: io.StringIO) -> None:
    structlog.get_logger().info(
        "seen",
        phone="500000000",
        Authorization="Basic a2V5OnNlY3JldA==",
        nested={"email": "a@b.sa", "city": "Riyadh", "count": 2},
        why="login at postgresql+asyncpg://souk:hunter2@db/souk for ahmed@example.sa",
        bus="Endpoint=sb://x;SharedAccessKeyName=n;SharedAccessKey=abc=;More=1",
    )
    line = last(lines)
    assert line["phone"] == line["Authorization"] == HIDDEN
    assert line["nested"] == {"email": HIDDEN, "city": HIDDEN, "count": 2}
    assert line["bus"] == f"Endpoint=sb://x;SharedAccessKeyName=n;SharedAccessKey={HIDDEN};More=1"
    for secret in ("hunter2", "ahmed", "example.sa"):
        assert secret not in line["why"]
