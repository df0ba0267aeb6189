"""Dead letters of the bus and of our queues at AWS, for the command line."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from bridge.aws.clients import Aws
from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetter, DeadLetters, OpenedLetter, Replayed
from bridge.sqs_letters import SqsDeadLetters, SqsQueue
from channels.registry import rows
from workers.operations.errors import NotFoundError
from workers.settings import Settings


async def listed(settings: Settings, entity: str | None, reason: str | None) -> list[DeadLetter]:
    """Dead letters of one entity or all."""
    at_aws = _at_aws(settings)
    if entity in at_aws.entities:
        return await at_aws.list(entity, reason=reason)
    async with _letters(settings) as letters:
        _known(letters, at_aws, entity)
        found = await letters.list(entity, reason=reason)
    return found if entity else [*found, *await at_aws.list(reason=reason)]


async def opened(settings: Settings, entity: str, number: int) -> OpenedLetter:
    """One dead letter with its body.

    Raises:
        NotFoundError: There is none of this number.
    """
    at_aws = _at_aws(settings)
    if entity in at_aws.entities:
        found = await at_aws.show(entity, number)
    else:
        async with _letters(settings) as letters:
            _known(letters, at_aws, entity)
            found = await letters.show(entity, number)
    if found is None:
        raise NotFoundError(f"{entity} has no dead letter {number}: see `souk dlq list`.")
    return found


async def replayed(
    settings: Settings, entity: str, numbers: Collection[int] | None, reason: str | None
) -> Replayed:
    """Sends dead letters again: those of these numbers or this reason, else all."""
    at_aws = _at_aws(settings)
    if entity in at_aws.entities:
        return await at_aws.replay(entity, sequence_numbers=numbers or None, reason=reason)
    async with _letters(settings) as letters:
        _known(letters, at_aws, entity)
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


def _at_aws(settings: Settings) -> SqsDeadLetters:
    queues = [SqsQueue(q.url, q.dead_letters_url) for q in settings.aws.queues]
    return SqsDeadLetters(Aws(settings.aws.endpoint, settings.aws.region), queues)


def _known(letters: DeadLetters, at_aws: SqsDeadLetters, entity: str | None) -> None:
    if entity is not None and entity not in letters.entities:
        known = ", ".join((*letters.entities, *at_aws.entities))
        raise NotFoundError(f"There is no queue or subscription {entity!r}; there are {known}.")
