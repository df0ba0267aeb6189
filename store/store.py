"""The store: one object that a process opens once."""

from store.cursors import Cursors
from store.effects import Effects
from store.inbox import Inbox
from store.listings import Listings
from store.orders import Orders
from store.report import Report
from store.sealing import Plain, Sealer


class Store:
    """All that is kept. Its methods raise `StoreError`s and nothing of the driver's."""

    inbox: Inbox
    orders: Orders
    effects: Effects
    listings: Listings
    cursors: Cursors
    report: Report

    def __init__(self, url: str, pool_size: int, sealer: Sealer) -> None:
        self.inbox = Inbox()
        self.orders = Orders()
        self.effects = Effects()
        self.listings = Listings()
        self.cursors = Cursors()
        self.report = Report()

    @classmethod
    def connect(cls, url: str, *, pool_size: int = 10, sealer: Sealer | None = None) -> "Store":
        """Opens a store; connections are made when they are needed.

        Args:
            url: SQLAlchemy's form, `postgresql+asyncpg://user:password@host:port/name`.
            pool_size: Connections at most.
            sealer: What protects bodies and personal data; `Plain` where none is given.
        """
        return cls(url, pool_size, sealer or Plain())

    async def check(self) -> None:
        """Asks the database for a sign of life and for the right tables.

        Raises:
            StoreUnavailableError: Saying what to do.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Gives all connections back."""
        raise NotImplementedError
