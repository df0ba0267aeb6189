"""The system of record: inbox, orders, effects, listings and cursors in a SQL database."""

from store.errors import StoreConflictError, StoreError, StoreUnavailableError, UnknownOrderError
from store.listings import ListingsError
from store.results import (
    Begun,
    Cursor,
    EventKey,
    ImportCounts,
    InboxEntry,
    InboxKind,
    InboxState,
    OrderCounts,
    OrderSummary,
    Recorded,
    StoreReport,
    StuckEffect,
    UnknownOrder,
)
from store.sealing import Plain, Sealer, SealError
from store.store import Store

__all__ = [
    "Begun",
    "Cursor",
    "EventKey",
    "ImportCounts",
    "InboxEntry",
    "InboxKind",
    "InboxState",
    "ListingsError",
    "OrderCounts",
    "OrderSummary",
    "Plain",
    "Recorded",
    "SealError",
    "Sealer",
    "Store",
    "StoreConflictError",
    "StoreError",
    "StoreReport",
    "StoreUnavailableError",
    "StuckEffect",
    "UnknownOrder",
    "UnknownOrderError",
]
