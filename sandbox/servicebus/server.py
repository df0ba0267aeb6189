"""The program: store, namespace, listening socket, admin port."""

import asyncio
import contextlib
from pathlib import Path
from typing import Final

import structlog

from sandbox.servicebus.admin import Admin
from sandbox.servicebus.amqp.connection import Connection
from sandbox.servicebus.broker.declaration import Declaration, KeySettings
from sandbox.servicebus.broker.namespace import Namespace
from sandbox.servicebus.housekeeping import Housekeeping
from sandbox.servicebus.nodes import ConnectionNodes
from sandbox.servicebus.sas import Keys
from sandbox.servicebus.storage.store import Store

_log = structlog.get_logger(__name__)
_BACKLOG: Final = 4096


class Server:
    """A broker that listens.

    Args:
        declaration: Its entities.
        folder: Where its data is.
        keys: Further keys, beside the declaration's.
    """

    def __init__(
        self, declaration: Declaration, folder: Path, keys: dict[str, KeySettings]
    ) -> None:
        self.store = Store(folder)
        self.namespace = Namespace(self.store, declaration)
        self._keys = Keys({**declaration.keys, **keys})
        self._connections: dict[Connection, ConnectionNodes] = {}
        self._admin = Admin(self.namespace, lambda: len(self._connections))
        self._empty = asyncio.Event()
        self._empty.set()
        self.port = 0
        self.admin_port = 0

    async def start(self, host: str, port: int, admin_port: int) -> None:
        """Listens."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._connection, host, port, backlog=_BACKLOG)
        self.port = self._listener.sockets[0].getsockname()[1]
        self.admin_port = await self._admin.start(host, admin_port)
        await self.namespace.forwarding.empty()
        self._housekeeping = Housekeeping(self.namespace, self._beat)

    async def stop(self) -> None:
        """Ends: no new connections, commits what is under way, tells the clients."""
        self._listener.close()
        await self._housekeeping.stop()
        await self.store.commits.settled()
        for connection in list(self._connections):
            connection.shut()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), 1)
        await self._admin.stop()
        await self.store.close()
        _log.info("stopped")

    def _connection(self) -> Connection:
        return Connection(self._nodes, self._made, self._lost)

    def _nodes(self, connection: Connection) -> ConnectionNodes:
        nodes = ConnectionNodes(connection, self.namespace, self._keys)
        self._connections[connection] = nodes
        self._empty.clear()
        return nodes

    def _made(self, connection: Connection) -> None:
        _log.debug("connected", peer=connection.peer)

    def _lost(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
        if not self._connections:
            self._empty.set()

    def _beat(self, now: float) -> None:
        for connection, nodes in list(self._connections.items()):
            connection.beat(now)
            nodes.check_tokens()
