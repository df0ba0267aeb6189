"""All cases, by topic; importing this package enters them."""

from tests.conformance.cases import (
    actions,
    contents,
    login,
    order_reads,
    quotas,
    trouble_on_reads,
    trouble_on_writes,
    webhooks,
)

__all__ = [
    "actions",
    "contents",
    "login",
    "order_reads",
    "quotas",
    "trouble_on_reads",
    "trouble_on_writes",
    "webhooks",
]
