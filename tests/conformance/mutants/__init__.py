"""Faults planted in the toy channel, one for each case: the case must catch its fault."""

from tests.conformance.mutants import (
    of_contents,
    of_login,
    of_quotas,
    of_reads,
    of_webhooks,
    of_writes,
)
from tests.conformance.mutants.planting import MUTANTS, Mutant, planted

__all__ = [
    "MUTANTS",
    "Mutant",
    "of_contents",
    "of_login",
    "of_quotas",
    "of_reads",
    "of_webhooks",
    "of_writes",
    "planted",
]
