"""The store: one object that a process opens once."""

from store.cursors import Cursors
from store.database import Database
from store.documents import Documents
from store.effects import Effects
from store.holds import Holds
from store.inbox import Inbox
from store.listings import Listings
from store.migrate import require_head
from store.orders import Orders
from store.report import Report
from store.sealing import Plain, Sealer
from store.tokens import TokenStore


class Store:
    """All that is kept. What a database refuses is raised as a `StoreError`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self.inbox = Inbox(database, sealer)
        self.orders = Orders(database, sealer)
        self.effects = Effects(database)
        self.listings = Listings(database)
        self.cursors = Cursors(database)
        self.holds = Holds(self.cursors)
        self.report = Report(database)
        self.documents = Documents(database, sealer)
        self.tokens = TokenStore(database, sealer)

    @classmethod
    def connect(cls, url: str, *, pool_size: int = 10, sealer: Sealer | None = None) -> "Store":
        """Opens a store; connections are made when they are needed.

        Args:
            url: SQLAlchemy's form, `postgresql+asyncpg://user:password@host:port/name`.
            pool_size: Connections at most.
            sealer: What protects bodies and personal data; `Plain` where none is given.

        Raises:
            StoreError: The URL names a database that the store does not know.
        """
        return cls(Database(url, pool_size), sealer or Plain())

    async def check(self) -> None:
        """Asks the database for a sign of life and for the right tables.

        Raises:
            StoreUnavailableError: Saying what to do.
        """
        await self._database.quick(require_head)

    async def close(self) -> None:
        """Gives all connections back, once tokens that are being renewed are written."""
        await self.tokens.close()
        await self._database.close()
