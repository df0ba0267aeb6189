"""The toy's quotas, which do not all count one seller alone."""

from sandbox.stall.quotas import Quotas

QUOTAS: dict[str, list[tuple[int, float]]] = {
    "orders": [(8, 10.0)],
    "order": [(16, 10.0)],
    "login": [(3, 10.0)],
    "writes": [(6, 10.0)],
    "webhooks": [(6, 10.0)],
}
"""(calls, seconds)."""
GROUPS = {
    "accept": "writes",
    "ship": "writes",
    "cancel": "writes",
    "webhook_read": "webhooks",
    "webhook_write": "webhooks",
}
"""Operations that are counted together."""
OF_ALL = frozenset({"order", "login", "webhooks"})
"""Counted for all sellers together: one application, one project, one address."""


class ToyQuotas(Quotas):
    """Counts each call where it belongs."""

    def wait(self, seller: str, operation: str) -> float:
        counted = GROUPS.get(operation, operation)
        return super().wait("everybody" if counted in OF_ALL else seller, counted)
