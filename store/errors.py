"""What can go wrong with the store, by what is to be done about it.

StoreError
├── StoreUnavailableError   nobody answers, or not in time: try again
├── StoreConflictError      others kept changing the same rows: try again
└── UnknownOrderError       a step of an order that was never recorded: a mistake of the caller
"""

from canonical.identity import OrderRef


class StoreError(Exception):
    """Base of all errors of the store."""


class StoreUnavailableError(StoreError):
    """The database cannot be used now; nothing of the call is known to be stored."""


class StoreConflictError(StoreError):
    """The transaction lost against others again and again; nothing of it is stored."""


class UnknownOrderError(StoreError):
    """The order has no row."""

    def __init__(self, ref: OrderRef) -> None:
        super().__init__(
            f"Order {ref.order_id} of {ref.channel}/{ref.account} is not in the store:"
            " it is recorded by its first event, before anything is done to it."
        )
        self.ref = ref
