"""Whether the ERP works, is silent, or ends."""

import asyncio


class Switch:
    """Turned by people and signals, obeyed by the line to the bus."""

    def __init__(self) -> None:
        self._on = asyncio.Event()
        self._on.set()
        self._parked = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def on(self) -> bool:
        """Whether to work."""
        return self._on.is_set() and not self._ended.is_set()

    @property
    def paused(self) -> bool:
        """Whether the ERP is silent."""
        return not self._on.is_set()

    async def pause(self) -> None:
        """Silences the ERP; returns once nothing is taken or sent any more."""
        if self._on.is_set():
            self._parked.clear()
            self._on.clear()
        await self._parked.wait()

    def resume(self) -> None:
        """Lets it work again."""
        self._on.set()

    def end(self) -> None:
        """Ends the work for good."""
        self._ended.set()
        self._on.set()

    async def wanted(self) -> bool:
        """Waits while paused; False at the end."""
        if not self.on:
            self.parked()
        await self._on.wait()
        return not self._ended.is_set()

    def parked(self) -> None:
        """Says that the line is down."""
        self._parked.set()

    async def rest(self, seconds: float) -> None:
        """Waits, or until the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return
