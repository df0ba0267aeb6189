"""The operations of `$management`, grouped by what they are about."""

from typing import Final

from sandbox.servicebus.amqp import errors

STATUS: Final = {
    errors.MESSAGE_LOCK_LOST: 410,
    errors.SESSION_LOCK_LOST: 410,
    errors.MESSAGE_NOT_FOUND: 404,
    errors.NOT_FOUND: 404,
    errors.ENTITY_EXISTS: 409,
    errors.UNAUTHORIZED: 401,
    errors.NOT_IMPLEMENTED: 501,
    errors.SERVER_BUSY: 503,
    errors.INTERNAL_ERROR: 500,
    errors.RESOURCE_LIMIT: 403,
    errors.SESSION_CANNOT_BE_LOCKED: 423,
}
"""HTTP-like status codes of error conditions; 400 for all others."""
