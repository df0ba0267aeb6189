"""Listings from a file."""

from pathlib import Path

from store.listings import ListingsError
from store.results import ImportCounts
from workers.operations.errors import FileError
from workers.operations.opened import open_store
from workers.settings import Settings


async def imported(settings: Settings, file: Path) -> ImportCounts:
    """Adds and changes the listings of a CSV file.

    Raises:
        FileError: It cannot be read, or lacks a column or a value; says where.
    """
    async with open_store(settings) as store:
        try:
            return await store.listings.import_csv(file)
        except (ListingsError, OSError) as error:
            raise FileError(f"{file} cannot be imported: {error}") from error
