"""The payload codec: what Temporal keeps is unreadable without the key ring."""

from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from store.sealing import Sealer

ENCODING = b"binary/encrypted"


class SealingCodec(PayloadCodec):
    """Seals whole payloads, each with its own metadata inside; what came plainly stays readable."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See `PayloadCodec`."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See `PayloadCodec`.

        Raises:
            SealError: The key is not known here.
        """
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        data = self._sealer.seal(payload.SerializeToString())
        metadata = {"encoding": ENCODING, "key-id": str(data[0]).encode()}
        return Payload(metadata=metadata, data=data)

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        return Payload.FromString(self._sealer.open(payload.data))
