"""Listings: which internal item a channel's SKU is. SKUs are never assumed equal."""

from collections.abc import Iterable
from pathlib import Path

from store.results import ImportCounts


class ListingsError(Exception):
    """A listings file that cannot be read; the message names the line."""


class Listings:
    """One row for each (channel, account, channel SKU)."""

    async def import_csv(self, source: Path | Iterable[str]) -> ImportCounts:
        """Adds and changes listings; none is removed.

        Args:
            source: A UTF-8 file or its lines. The header must name `channel`, `account`,
                `channel_sku` and `item_id`; other columns are ignored.

        Raises:
            ListingsError: A column or a value is missing.
        """
        raise NotImplementedError

    async def lookup(self, channel: str, account: str, skus: Iterable[str]) -> dict[str, str]:
        """Item ids by channel SKU, of those that are known."""
        raise NotImplementedError
