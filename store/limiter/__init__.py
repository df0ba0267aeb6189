"""The limiter: every quota is one row, which all processes move by compare-and-set."""

from store.limiter.limiter import SlotLimiter
from store.limiter.queue import NoSlotError, SlotsAwayError
from store.limiter.rows import SqlRows
from store.limiter.rule import Rule, rule_of
from store.limiter.slot import Slot
from store.limiter.told import Told

__all__ = [
    "NoSlotError",
    "Rule",
    "Slot",
    "SlotLimiter",
    "SlotsAwayError",
    "SqlRows",
    "Told",
    "rule_of",
]
