"""Dead letters of the bus, for the command line."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetter, DeadLetters, OpenedLetter, Replayed
from channels.registry import rows
from workers.operations.errors import NotFoundError
from workers.settings import Settings


async def listed(settings: Settings, entity: str | None, reason: str | None) -> list[DeadLetter]:
    """Dead letters of one entity or all."""
    async with _letters(settings) as letters:
        _known(letters, entity)
        return await letters.list(entity, reason=reason)


async def opened(settings: Settings, entity: str, number: int) -> OpenedLetter:
    """One dead letter with its body.

    Raises:
        NotFoundError: There is none of this number.
    """
    async with _letters(settings) as letters:
        _known(letters, entity)
        found = await letters.show(entity, number)
    if found is None:
        raise NotFoundError(f"{entity} has no dead letter {number}: see `souk dlq list`.")
    return found


async def replayed(
    settings: Settings, entity: str, numbers: Collection[int] | None, reason: str | None
) -> Replayed:
    """Sends dead letters again: those of these numbers or this reason, else all."""
    async with _letters(settings) as letters:
        _known(letters, entity)
        return await letters.replay(entity, sequence_numbers=numbers or None, reason=reason)


def in_words(done: Replayed) -> str:
    """What a replay did, in a sentence or two."""
    words = [f"{len(done.sent)} sent again."]
    if done.again:
        numbers = ", ".join(str(x) for x in done.again)
        words.append(f"Sent, but still listed, since their lock was lost meanwhile: {numbers}.")
    if done.missing:
        numbers = ", ".join(str(x) for x in done.missing)
        words.append(f"Not found: {numbers}.")
    return " ".join(words)


@asynccontextmanager
async def _letters(settings: Settings) -> AsyncIterator[DeadLetters]:
    bus = ServiceBus.connect(settings.bus.connection_string.get_secret_value())
    try:
        yield DeadLetters(bus, rows())
    finally:
        await bus.close()


def _known(letters: DeadLetters, entity: str | None) -> None:
    if entity is not None and entity not in letters.entities:
        known = ", ".join(letters.entities)
        raise NotFoundError(f"There is no queue or subscription {entity!r}; there are {known}.")
