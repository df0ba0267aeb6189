"""All packages, indexed the way that the API reads them."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator

from sandbox.engine.database import Database
from sandbox.trendyol.model import Package

Position = tuple[int, int]
"""(lastModifiedDate, shipmentPackageId): a place in the stream's order."""

KIND = "package"


class Packages:
    """Packages by seller and id, by order number, and by last change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id: dict[tuple[str, int], Package] = {}
        self._by_order: dict[tuple[str, str], list[Package]] = defaultdict(list)
        self._by_change: dict[str, list[Position]] = defaultdict(list)
        self._by_cargo: dict[tuple[str, int], Package] = {}
        self._by_link: dict[tuple[str, str], Package] = {}
        for _, body in database.all(KIND):
            self._index(Package.model_validate_json(body))

    def get(self, seller: str, package_id: int) -> Package | None:
        """The package, or None."""
        return self._by_id.get((seller, package_id))

    def of_order(self, seller: str, order_number: str) -> list[Package]:
        """All packages of an order, oldest first."""
        return self._by_order.get((seller, order_number), [])

    def of_cargo(self, seller: str, tracking_number: int) -> Package | None:
        """The package of a cargo tracking number, or None."""
        return self._by_cargo.get((seller, tracking_number))

    def of_link(self, seller: str, link: str) -> Package | None:
        """The package that an invoice link is used for, or None."""
        return self._by_link.get((seller, link))

    def of_seller(self, seller: str) -> list[Package]:
        """All packages of a seller, by last change, newest first."""
        return list(self.changed(seller, 0, 2**63))

    def add(self, package: Package) -> None:
        """Takes in a new package."""
        self._index(package)
        self.save(package)

    def save(self, package: Package) -> None:
        """Writes a package whose lastModifiedDate did not move."""
        package._wire.clear()
        self._find_by_words(package)
        key = f"{package.seller}/{package.package_id}"
        self._database.put(KIND, key, package.model_dump_json())

    def touch(self, package: Package, now: int) -> None:
        """Moves lastModifiedDate, always forward, and writes the package."""
        order = self._by_change[package.seller]
        del order[bisect_left(order, (package.modified_at, package.package_id))]
        package.modified_at = max(now, package.modified_at + 1)
        insort(order, (package.modified_at, package.package_id))
        self.save(package)

    def changed(
        self, seller: str, start: int, end: int, below: Position | None = None
    ) -> Iterator[Package]:
        """Yields packages changed in [start, end] ms, newest first, from below a position on."""
        order = self._by_change.get(seller, [])
        top = bisect_right(order, (end, 2**63))
        if below is not None:
            top = min(top, bisect_left(order, below))
        for place in range(top - 1, -1, -1):
            changed, package_id = order[place]
            if changed < start:
                return
            yield self._by_id[seller, package_id]

    def _index(self, package: Package) -> None:
        self._by_id[package.seller, package.package_id] = package
        self._by_order[package.seller, package.order_number].append(package)
        insort(self._by_change[package.seller], (package.modified_at, package.package_id))
        self._find_by_words(package)

    def _find_by_words(self, package: Package) -> None:
        self._by_cargo[package.seller, package.cargo_tracking_number] = package
        if package.invoice_link:
            self._by_link[package.seller, package.invoice_link] = package
