from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.servicebus.bus import Bus
from tests.sandbox.servicebus.program import Program

DECLARATION = {
    "queues": {
        "plain": {"max_delivery_count": 3},
        "settled": {"max_delivery_count": 3},
        "short": {"lock_duration": "PT1S", "max_delivery_count": 2},
        "shorter": {"lock_duration": "PT1S", "max_delivery_count": 2},
        "waited-for": {"requires_session": True},
        "locks": {"lock_duration": "PT2S"},
        "renewed": {"lock_duration": "PT6S"},
        "once": {"duplicate_detection_window": "PT10M"},
        "window": {"duplicate_detection_window": "PT1S"},
        "credit": {},
        "deleted": {},
        "types": {},
        "deferred": {"max_delivery_count": 3},
        "scheduled": {},
        "ttl": {"dead_lettering_on_expiration": True},
        "ttl-dropped": {"default_ttl": "PT1S"},
        "sessions": {"requires_session": True, "lock_duration": "PT5M"},
        "session-deferred": {"requires_session": True},
        "session-required": {"requires_session": True},
        "session-states": {"requires_session": True},
        "session-locks": {"requires_session": True, "lock_duration": "PT3S"},
        "big": {},
        "off": {"status": "send-disabled"},
        "forwarding": {"forward_to": "forwarded"},
        "forwarded": {},
        "forward-dead": {"forward_dead_lettered_to": "morgue", "max_delivery_count": 1},
        "morgue": {},
        "to-sessions": {"forward_to": "needs-session"},
        "needs-session": {"requires_session": True},
        "loop-a": {"forward_to": "loop-b"},
        "loop-b": {"forward_to": "loop-a"},
        "to-topic": {"forward_to": "fans"},
        "idle": {},
        "greedy": {"lock_duration": "PT5M"},
        "credit-raw": {},
        "drained": {},
        "loaded": {},
        "loaded-scheduled": {},
        "slow-consumer": {},
        "second": {},
        "second-sessions": {"requires_session": True},
        "sync": {},
        "sync-sessions": {"requires_session": True},
        "idle-credentials": {},
        "expiring": {},
        "expired": {},
        "full": {"max_size_megabytes": 1},
    },
    "topics": {
        "orders": {
            "subscriptions": {
                "all": {},
                "erp": {"rules": {"all": {"sql": "1=1"}}},
                "red": {"rules": {"red": {"correlation": {"properties": {"colour": "red"}}}}},
                "none": {"rules": {}},
            }
        },
        "second-topic": {"subscriptions": {"sub": {}}},
        "fans": {
            "subscriptions": {
                "tinted": {
                    "rules": {
                        "plain": {"sql": "size > 1"},
                        "tint": {"sql": "size > 1", "action": "SET colour = 'blue'"},
                    }
                },
                "onward": {"forward_to": "forwarded"},
                "strict": {"rules": {"broken": {"sql": "10 / size = 1"}}},
                "by-session": {"requires_session": True},
            }
        },
    },
    "keys": {
        "listener": {"key": "listen-key", "rights": ["listen"]},
        "sender": {"key": "send-key", "rights": ["send"]},
    },
}


@pytest.fixture(scope="session")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    program = Program(DECLARATION, Path(tmp_path_factory.mktemp("servicebus")))
    await program.start()
    yield program
    assert await program.stop() == 0


@pytest.fixture(scope="session")
async def bus(program: Program) -> AsyncIterator[Bus]:
    bus = Bus(program)
    yield bus
    await bus.close()
