"""An event loop whose clock leaps to the next timer, so that minutes pass in no time."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LeapLoop(asyncio.SelectorEventLoop):
    """For code that only sleeps: there is nothing from outside to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._leapt = 0.0

    def time(self) -> float:
        return self._leapt

    def stall(self, seconds: float) -> None:
        """Lets time pass while nothing runs, as a busy process does."""
        self._leapt += seconds

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self._leapt = max(self._leapt, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs to the end on a loop of its own."""
    with asyncio.Runner(loop_factory=LeapLoop) as runner:
        return runner.run(work)
