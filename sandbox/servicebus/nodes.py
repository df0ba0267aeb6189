"""Where the links of one connection lead: `$cbs`, `$management`, and the entities."""

from typing import TYPE_CHECKING, Final

from sandbox.servicebus.access import Access
from sandbox.servicebus.amqp.connection import Connection
from sandbox.servicebus.amqp.errors import UNAUTHORIZED
from sandbox.servicebus.amqp.link import MAX_MESSAGE, ReceivingLink, SendingLink
from sandbox.servicebus.amqp.performatives import Terminus
from sandbox.servicebus.broker.namespace import Namespace
from sandbox.servicebus.cbs import Cbs
from sandbox.servicebus.management import Management
from sandbox.servicebus.receiver import Receiver, attach_session
from sandbox.servicebus.sender import Sender

if TYPE_CHECKING:
    from sandbox.servicebus.sas import Keys

_CBS: Final = "$cbs"
_MANAGEMENT: Final = "/$management"
SESSION_FILTER: Final = "com.microsoft:session-filter"


class ConnectionNodes:
    """The nodes as one connection sees them."""

    def __init__(self, connection: Connection, namespace: Namespace, keys: "Keys") -> None:
        self._connection = connection
        self._namespace = namespace
        self.access = Access(keys)
        connection.plain_login = self.access.login
        self._cbs = Cbs(self.access)
        self._management: dict[str, Management] = {}

    def attach_sender(self, link: ReceivingLink, address: str) -> None:
        """A client wants to send."""
        path = entity_path(address)
        if path == _CBS:
            link.on_message = self._cbs.request
            link.session.accept(link)
        elif path.lower().endswith(_MANAGEMENT):
            link.on_message = self._node(path).request
            link.session.accept(link)
        else:
            self.access.check(path, "send")
            link.needs = (path, "send")
            entity = self._namespace.sendable(path)
            Sender(self._namespace, entity, link)
            link.session.accept(link, max_message_size=MAX_MESSAGE)

    def attach_receiver(self, link: SendingLink, source: Terminus) -> None:
        """A client wants to receive."""
        path = entity_path(source.address or "")
        if path == _CBS or path.lower().endswith(_MANAGEMENT):
            replies = self._cbs.replies if path == _CBS else self._node(path).replies
            replies.add(link)
            link.session.accept(link)
            return
        self.access.check(path, "listen")
        link.needs = (path, "listen")
        queue = self._namespace.receivable(path)
        queue.check_open("receive")
        if source.filters is not None and SESSION_FILTER in source.filters:
            attach_session(queue, link, source.filters[SESSION_FILTER])
        else:
            Receiver(queue, link).start()

    def check_tokens(self) -> None:
        """Ends links whose token has run out."""
        for link in self._connection.links():
            if link.needs is not None and not self.access.allows(*link.needs):
                link.end(
                    UNAUTHORIZED, f"the token for {link.needs[0]!r} has expired; put a new one"
                )

    def _node(self, path: str) -> Management:
        entity = path[: -len(_MANAGEMENT)]
        node = self._management.get(entity.lower())
        if node is None:
            if not (self.access.allows(entity, "listen") or self.access.allows(entity, "send")):
                self.access.check(entity, "listen")
            node = Management(self._namespace, self.access, entity)
            self._management[entity.lower()] = node
        return node


def entity_path(address: str) -> str:
    """The entity in an address: `amqps://HOST:PORT/ENTITY`, `/ENTITY` or `ENTITY`."""
    if "://" in address:
        address = address.split("://", 1)[1].partition("/")[2]
    return address.strip("/")
