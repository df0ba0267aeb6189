"""A message as a filter sees it: system and application properties, decoded when asked for."""

from typing import Any, Final

from sandbox.servicebus.amqp.decode import decode
from sandbox.servicebus.amqp.message import PROPERTY_NAMES, application_properties
from sandbox.servicebus.broker.incoming import Incoming

_FIELDS: Final = {
    **{name: index for index, name in enumerate(PROPERTY_NAMES)},
    "label": 3,
    "session-id": 10,
    "reply-to-session-id": 12,
}


class View:
    """Reads properties of one message."""

    def __init__(self, item: Incoming) -> None:
        self._item = item
        self._custom: dict[str, Any] | None = None

    @property
    def custom(self) -> dict[str, Any]:
        """The application properties."""
        if self._custom is None:
            _, _, items = application_properties(self._item.bare)
            self._custom = {
                decode(key, 0)[0]: decode(value, 0)[0]
                for key, value in zip(items[::2], items[1::2], strict=False)
            }
        return self._custom

    def system(self, name: str) -> Any:
        """A system property by its AMQP name, `label` included; None where it is not set."""
        index = _FIELDS.get(name)
        if index is None:
            return None
        fields = self._item.properties
        return decode(fields[index], 0)[0] if index < len(fields) else None

    def correlated(self, name: str, wanted: Any) -> bool:
        """Whether a property equals what a correlation filter asks for.

        Application properties stand under `properties`, system properties under their own name.
        """
        if name == "properties":
            return all(self.custom.get(key) == value for key, value in wanted.items())
        value = self.system(name.replace("_", "-"))
        return value is not None and str(value) == str(wanted)
