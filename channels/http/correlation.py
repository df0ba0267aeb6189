"""The id that joins our log lines with what the marketplace's support sees of a call."""

import uuid

import structlog

HEADER = "X-Correlation-Id"
KEY = "correlation_id"


def current_id() -> str:
    """The id bound to the running work's log context, or a new one."""
    bound = structlog.contextvars.get_contextvars().get(KEY)
    return str(bound) if bound else uuid.uuid4().hex


def header_safe(text: str) -> str:
    """What of an id may stand in a header: printable ASCII, 128 characters at most."""
    return "".join(c for c in text if " " < c < "\x7f")[:128]
