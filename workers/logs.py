"""Logs: one JSON object a line, correlation ids bound, nothing personal and no secret in them."""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import structlog

PERSONAL = frozenset(
    {
        "name",
        "first_name",
        "last_name",
        "full_name",
        "email",
        "phone",
        "address",
        "line1",
        "line2",
        "city",
        "district",
        "postal_code",
        "short_address",
        "tax_number",
        "identity_number",
        "buyer",
        "ship_to",
        "bill_to",
        "note",
        "body",
        "payload",
    }
)
SECRET = frozenset(
    {
        "authorization",
        "password",
        "secret",
        "token",
        "api_key",
        "api_secret",
        "connection_string",
        "database_url",
        "shared_access_key",
        "x_api_key",
        "cookie",
    }
)
HIDDEN = "[redacted]"
_SECRETS_IN_TEXT = re.compile(
    r"(SharedAccessKey=|SharedAccessSignature |Bearer |Basic |(?<=://)[^:/@\s]+:)[^;@\s'\"]+"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
NOISY = ("azure", "aiohttp.access", "sqlalchemy.engine")


def configure(
    level: str = "INFO", *, file: Path | None = None, stream: TextIO | None = None
) -> None:
    """Sends all logs, the libraries' too, as JSON to `file`, else to `stream`, else to stderr.

    Args:
        level: `DEBUG`, `INFO`, `WARNING` or `ERROR`; libraries that log each call stay at WARNING.
        file: Appended to.
        stream: Instead of stderr.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.FileHandler(file) if file else logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Binds a correlation id to every log line of this task within the block."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
        yield


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hides what must not be in a log: by key, and secrets and addresses by their look."""
    for key, value in event.items():
        event[key] = _redacted(key, value)
    return event


def _redacted(key: str, value: Any) -> Any:
    if key.lower().replace("-", "_") in PERSONAL | SECRET:
        return HIDDEN
    if isinstance(value, str):
        return _EMAIL.sub(HIDDEN, _SECRETS_IN_TEXT.sub(rf"\1{HIDDEN}", value))
    if isinstance(value, dict):
        return {k: _redacted(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", v) for v in value]
    return value
