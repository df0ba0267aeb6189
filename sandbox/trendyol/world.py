"""The marketplace: everything that the API and the operator's surface work on."""

from sandbox.engine.database import Database
from sandbox.engine.meter import Meter
from sandbox.engine.timers import Timers
from sandbox.trendyol.accounts import Account
from sandbox.trendyol.batches import Batches
from sandbox.trendyol.books import Books
from sandbox.trendyol.claims import Claims
from sandbox.trendyol.deliveries import Deliveries
from sandbox.trendyol.faults import Faults
from sandbox.trendyol.hooks import Hooks
from sandbox.trendyol.knobs import Knobs
from sandbox.trendyol.ledger import Ledger
from sandbox.trendyol.model import Package
from sandbox.trendyol.offers import Offers
from sandbox.trendyol.packages import Packages
from sandbox.trendyol.plans import Plans
from sandbox.trendyol.postman import Postman
from sandbox.trendyol.quotas import Quotas

FIRST_ORDER = 10_600_000_001
FIRST_PACKAGE = 3_300_000_001
FIRST_LINE = 7_392_000_001


class World:
    """Parts of the sandbox, wired over one database."""

    def __init__(self, accounts: dict[str, Account], database: Database, knobs: Knobs) -> None:
        self.accounts = accounts
        self.revoked: set[str] = set()
        """Sellers whose keys are not taken for now."""
        self.database = database
        self.knobs = knobs
        self.packages = Packages(database)
        self.ledger = Ledger(database)
        self.plans = Plans(database)
        self.meter = Meter(database)
        self.quotas = Quotas(knobs)
        self.faults = Faults(database, knobs)
        self.offers = Offers(database, accounts)
        self.batches = Batches(database, self.offers, knobs)
        self.claims = Claims(database)
        self.books = Books(database)
        self.timers = Timers(database)
        self.hooks = Hooks(database)
        self.deliveries = Deliveries(database, self.hooks, knobs)
        self.postman = Postman(self.deliveries, database, knobs)

    def announce(self, package: Package) -> None:
        """Tells the hooks of a package's new state."""
        self.deliveries.announce(package)
        self.postman.wake()

    # Counted per account from one start, so that two accounts collide on every number.

    def next_order_number(self, seller: str) -> str:
        """The account's next order number."""
        return str(self.database.next(f"{seller}/order", FIRST_ORDER))

    def next_package_id(self, seller: str) -> int:
        """The account's next free package id."""
        while True:
            package_id = self.database.next(f"{seller}/package", FIRST_PACKAGE)
            if self.packages.get(seller, package_id) is None:
                return package_id

    def next_line_id(self, seller: str) -> int:
        """The account's next line id."""
        return self.database.next(f"{seller}/line", FIRST_LINE)
