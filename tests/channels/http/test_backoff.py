"""The wait after refusals that name no time."""

import random

from channels.http.backoff import Backoff


def test_the_wait_grows_until_a_call_gets_through() -> None:
    now = 100.0
    backoff = Backoff(random.Random(1), clock=lambda: now)
    waits = []
    for _ in range(9):
        waits.append(backoff.next("read").total_seconds())
        now += waits[-1] + 0.001
    for count, wait in enumerate(waits):
        assert max(1, min(2**count, 60) / 2) <= wait <= min(2**count, 60)
    backoff.reset("read")
    assert backoff.next("read").total_seconds() == 1


def test_refusals_of_calls_under_way_together_are_one() -> None:
    now = 100.0
    backoff = Backoff(random.Random(1), clock=lambda: now)
    assert backoff.next("read").total_seconds() == 1
    now += 0.25
    assert backoff.next("read").total_seconds() == 0.75
    assert backoff.next("write").total_seconds() == 1
