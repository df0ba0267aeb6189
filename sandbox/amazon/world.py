"""The marketplace: everything that the API and the operator's surface work on."""

from pathlib import Path

from sandbox.amazon import stamps
from sandbox.amazon.accounts import Account
from sandbox.amazon.documents.bucket import Bucket
from sandbox.amazon.documents.files import Documents
from sandbox.amazon.faults import Faults
from sandbox.amazon.feeds.queue import Feeds
from sandbox.amazon.knobs import Knobs
from sandbox.amazon.ledger import Ledger
from sandbox.amazon.model import Order
from sandbox.amazon.notifications.deliveries import Deliveries
from sandbox.amazon.notifications.subscriptions import Subscriptions
from sandbox.amazon.orders import Orders
from sandbox.amazon.plans import Plans
from sandbox.amazon.quotas import Quotas
from sandbox.amazon.reports.queue import Reports
from sandbox.amazon.stock import Stocks
from sandbox.amazon.tokens import Tokens
from sandbox.engine.database import Database
from sandbox.engine.meter import Meter
from sandbox.engine.timers import Timers

FIRST_ORDER = 7_315_926
FIRST_ITEM = 60_418_273_915_500


class World:
    """Parts of the sandbox, wired over one database."""

    def __init__(
        self,
        accounts: dict[str, Account],
        database: Database,
        knobs: Knobs,
        directory: Path,
        aws_endpoint: str = "",
    ) -> None:
        self.accounts = accounts
        self.database = database
        self.knobs = knobs
        stamps.set_ahead(knobs.clock_ahead_s)
        self.orders = Orders(database)
        self.ledger = Ledger(database)
        self.plans = Plans(database)
        self.meter = Meter(database)
        self.quotas = Quotas(knobs)
        self.faults = Faults(database, knobs)
        self.stocks = Stocks(database, accounts)
        self.tokens = Tokens(database)
        self.withdrawn: set[str] = set()
        """Sellers who have taken their authorisation back."""
        self.timers = Timers(database)
        self.documents = Documents(database, knobs, directory / "documents")
        self.reports = Reports(database)
        self.feeds = Feeds(database)
        self.subscriptions = Subscriptions(database)
        self.deliveries = Deliveries(database, knobs, self.subscriptions, aws_endpoint)
        self.bucket = Bucket(aws_endpoint)

    def save(self, order: Order, by: str) -> None:
        """Takes an order's change in and writes it down."""
        self.orders.save(order, self.knobs.lag_ms())
        self.ledger.changed(order, by)

    # Counted per account from one start, so that two accounts collide on every number.

    def next_order_id(self, seller: str) -> str:
        """The account's next free order id, of the form 3-7-7."""
        while True:
            number = self.database.next(f"{seller}/order", FIRST_ORDER)
            order_id = f"408-{number:07d}-{(number * 7919) % 10_000_000:07d}"
            if self.orders.get(seller, order_id) is None:
                return order_id

    def next_item_id(self, seller: str) -> str:
        """The account's next order item id."""
        return str(self.database.next(f"{seller}/item", FIRST_ITEM))
