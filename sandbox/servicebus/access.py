"""What one connection may do: the claims of the tokens that it has shown."""

import time

from sandbox.servicebus.amqp.errors import UNAUTHORIZED, AmqpError
from sandbox.servicebus.sas import Claim, Keys


class Access:
    """The claims of one connection."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._claims: dict[str, Claim] = {}
        self._everywhere: Claim | None = None

    def login(self, name: str, secret: str) -> bool:
        """SASL PLAIN: a key given in clear."""
        self._everywhere = self.keys.check_plain(name, secret)
        return self._everywhere is not None

    def put_token(self, token: str, audience: str) -> None:
        """Takes a token; a newer one for the same audience replaces the older.

        Raises:
            TokenError: It opens nothing.
        """
        claim = self.keys.check_token(token, audience)
        self._claims[claim.path] = claim

    def check(self, address: str, right: str) -> None:
        """Raises where the connection may not use an entity so.

        Raises:
            AmqpError: unauthorized-access.
        """
        if not self.allows(address, right):
            raise AmqpError(
                UNAUTHORIZED,
                f"no token on this connection gives the right '{right}' on {address!r}; "
                "put one on $cbs first, or use a key with that right",
            )

    def allows(self, address: str, right: str) -> bool:
        """Whether the connection may use an entity so, now."""
        now = time.time()
        claims = [*self._claims.values(), *([self._everywhere] if self._everywhere else [])]
        return any(claim.covers(address, right, now) for claim in claims)
