"""Messages whose bodies lie elsewhere, with the bodies fetched."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from azure.servicebus import ServiceBusReceivedMessage

from bridge.bus.messages import text_properties
from bridge.claims import ClaimGoneError, Claims, ClaimsUnavailableError

AT_ONCE = 4
"""Bodies fetched side by side: each may be a megabyte."""


@dataclass
class Fetched:
    """What became of a batch's claims, by the place of the message in it."""

    bodies: dict[int, bytes] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    """Why there is no body, nor ever will be."""
    not_now: dict[int, str] = field(default_factory=dict)
    """Who is away."""


async def fetched(claims: Claims, messages: Sequence[ServiceBusReceivedMessage]) -> Fetched:
    """Fetches the bodies of those messages that carry a claim."""
    named: Mapping[int, str] = {
        place: claim
        for place, message in enumerate(messages)
        if (claim := text_properties(message).get("claim", ""))
    }
    found = Fetched()
    at_once = asyncio.Semaphore(AT_ONCE)

    async def fetch(place: int, claim: str) -> None:
        try:
            async with at_once:
                found.bodies[place] = await claims.get(claim)
        except ClaimGoneError as error:
            found.gone[place] = str(error)
        except ClaimsUnavailableError as error:
            found.not_now[place] = str(error)

    await asyncio.gather(*(fetch(place, claim) for place, claim in named.items()))
    return found
