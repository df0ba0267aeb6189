"""The store's account of itself."""

from store.results import StoreReport


class Report:
    """Reads only; safe at any time."""

    async def read(self) -> StoreReport:
        """Counts and contradictions."""
        raise NotImplementedError
