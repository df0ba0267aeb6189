"""Errors that a peer is told about, with the conditions that the clients know."""

from typing import Final

DECODE_ERROR: Final = "amqp:decode-error"
FRAMING_ERROR: Final = "amqp:connection:framing-error"
FRAME_TOO_BIG: Final = "amqp:frame-size-too-small"
ILLEGAL_STATE: Final = "amqp:illegal-state"
INTERNAL_ERROR: Final = "amqp:internal-error"
INVALID_FIELD: Final = "amqp:invalid-field"
NOT_ALLOWED: Final = "amqp:not-allowed"
NOT_FOUND: Final = "amqp:not-found"
NOT_IMPLEMENTED: Final = "amqp:not-implemented"
RESOURCE_LIMIT: Final = "amqp:resource-limit-exceeded"
UNAUTHORIZED: Final = "amqp:unauthorized-access"
FORCED: Final = "amqp:connection:forced"
DETACH_FORCED: Final = "amqp:link:detach-forced"
MESSAGE_TOO_BIG: Final = "amqp:link:message-size-exceeded"
TRANSFER_LIMIT: Final = "amqp:link:transfer-limit-exceeded"
UNATTACHED_HANDLE: Final = "amqp:session:unattached-handle"
HANDLE_IN_USE: Final = "amqp:session:handle-in-use"

ARGUMENT_ERROR: Final = "com.microsoft:argument-error"
OUT_OF_RANGE: Final = "com.microsoft:argument-out-of-range"
DEAD_LETTER: Final = "com.microsoft:dead-letter"
ENTITY_DISABLED: Final = "com.microsoft:entity-disabled"
ENTITY_EXISTS: Final = "com.microsoft:entity-already-exists"
MESSAGE_LOCK_LOST: Final = "com.microsoft:message-lock-lost"
MESSAGE_NOT_FOUND: Final = "com.microsoft:message-not-found"
SERVER_BUSY: Final = "com.microsoft:server-busy"
SESSION_CANNOT_BE_LOCKED: Final = "com.microsoft:session-cannot-be-locked"
SESSION_LOCK_LOST: Final = "com.microsoft:session-lock-lost"
TIMEOUT: Final = "com.microsoft:timeout"


class AmqpError(Exception):
    """Something that the peer did or asked for and is refused.

    Args:
        condition: The AMQP error condition, a symbol.
        description: A sentence for the person at the other end.
    """

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(f"{condition}: {description}")
        self.condition = condition
        self.description = description


class DecodeError(AmqpError):
    """Bytes that are no AMQP."""

    def __init__(self, description: str) -> None:
        super().__init__(DECODE_ERROR, description)
