"""A message as a rule sees it: system and application properties, decoded when asked for."""

from typing import Any, Final

from sandbox.servicebus.amqp.decode import decode
from sandbox.servicebus.amqp.errors import DecodeError
from sandbox.servicebus.amqp.message import application_properties
from sandbox.servicebus.broker.filters.values import FilterError
from sandbox.servicebus.broker.incoming import Incoming

FIELDS: Final = {
    "message-id": 0,
    "to": 2,
    "label": 3,
    "subject": 3,
    "reply-to": 4,
    "correlation-id": 5,
    "content-type": 6,
    "session-id": 10,
    "reply-to-session-id": 12,
}
"""System properties to the fields of AMQP's properties section."""

SYSTEM: Final = {name.replace("-", ""): name for name in FIELDS} | {
    "size": "size",
    "timetolive": "time-to-live",
}
"""System properties as SQL spells them, lower case."""


class View:
    """Reads properties of one message."""

    def __init__(self, item: Incoming) -> None:
        self._item = item
        self._custom: dict[str, Any] | None = None

    @property
    def custom(self) -> dict[str, Any]:
        """The application properties; their names are told apart by case (ASSUMED)."""
        if self._custom is None:
            _, _, items = application_properties(self._item.bare)
            try:
                self._custom = {
                    decode(key, 0)[0]: decode(value, 0)[0]
                    for key, value in zip(items[::2], items[1::2], strict=False)
                }
            except (DecodeError, TypeError) as error:
                raise FilterError(f"an application property cannot be read: {error}") from error
        return self._custom

    def system(self, name: str) -> Any:
        """A system property; None where it is not set. The time to live is in milliseconds."""
        if name == "size":
            return len(self._item.bare)
        if name == "time-to-live":
            return self._item.ttl
        index = FIELDS[name]
        fields = self._item.properties
        return decode(fields[index], 0)[0] if index < len(fields) else None
