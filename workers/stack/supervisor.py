"""Starts parts, restarts those that crash, ends all in the reverse of their order."""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from workers.stack.child import Child, StartError
from workers.stack.folder import DataFolder
from workers.stack.part import Part

RESTART_AFTER_S = 0.5
RESTART_AFTER_AT_MOST_S = 8.0
STEADY_AFTER_S = 30.0
"""A part that ran this long has recovered: the next crash is restarted at once again."""

Say = Callable[[str], None]


class Supervisor:
    """The running parts of one data folder."""

    def __init__(self, folder: DataFolder, say: Say) -> None:
        self._folder = folder
        self._say = say
        self._steps: list[list[Child]] = []
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._held: set[str] = set()
        self._ending = False
        self.restarts = 0

    async def start(self, parts: Sequence[Part]) -> None:
        """Starts parts side by side and returns once all are ready.

        Raises:
            StartError: The first that did not start.
        """
        children = [Child(part, self._folder.log_of(part.name)) for part in parts]
        self._steps.append(children)
        await asyncio.gather(*(self._start(child) for child in children))
        for child in children:
            self._watch(child)

    def child(self, name: str) -> Child:
        """The part of this name.

        Raises:
            LookupError: No such part was started.
        """
        for step in self._steps:
            for child in step:
                if child.part.name == name:
                    return child
        raise LookupError(f"no part {name!r} was started")

    async def kill(self, name: str) -> None:
        """`kill -9`; it stays down until `revive`."""
        self._held.add(name)
        child = self.child(name)
        child.kill()
        await child.ended()

    async def revive(self, name: str) -> None:
        """Starts a part that was killed, and waits until it is ready."""
        child = self.child(name)
        await self._start(child)
        self._held.discard(name)
        self._watch(child)

    async def end(self) -> None:
        """Ends all parts, the last started first; bounded by each part's own time to stop."""
        self._ending = True
        for watcher in self._watchers.values():
            watcher.cancel()
        await asyncio.gather(*self._watchers.values(), return_exceptions=True)
        for step in reversed(self._steps):
            await asyncio.gather(*(child.stop() for child in step))
        self._steps.clear()

    async def _start(self, child: Child) -> None:
        """Starts a part; once more where it ended before it was ready.

        A server that looks for free ports of its own can lose one to somebody else meanwhile.
        """
        try:
            took = await child.start()
        except StartError as error:
            if child.running or self._ending:
                raise
            self._say(f"{error}\n{child.part.title} is started once more.")
            await asyncio.sleep(RESTART_AFTER_S)
            took = await child.start()
        self._say(f"{child.part.title} ready {took:.1f} s")

    def _watch(self, child: Child) -> None:
        self._watchers[child.part.name] = asyncio.create_task(self._keep(child))

    async def _keep(self, child: Child) -> None:
        pause = RESTART_AFTER_S
        while True:
            began = monotonic()
            code = await child.ended()
            if self._ending or child.part.name in self._held:
                return
            if monotonic() - began > STEADY_AFTER_S:
                pause = RESTART_AFTER_S
            self._say(
                f"{child.part.title} ended by itself (code {code}); restarted in {pause:g} s."
                f" See {child.log}"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, RESTART_AFTER_AT_MOST_S)
            self.restarts += 1
            try:
                await self._start(child)
            except StartError as error:
                self._say(str(error))
