"""All cases, in the order of the table."""

import importlib

from tests.conformance.case import CASES

TOPICS = (
    "login",
    "trouble_on_reads",
    "trouble_on_writes",
    "order_reads",
    "contents",
    "actions",
    "webhooks",
    "quotas",
)

for _topic in TOPICS:
    importlib.import_module(f"tests.conformance.cases.{_topic}")

__all__ = ["CASES"]
