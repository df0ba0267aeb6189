"""Faults of what is declared."""

from canonical.abilities import Quota, QuotaScope
from tests.conformance.mutants.planting import Replace, mutant
from tests.conformance.toy import client, quotas
from tests.conformance.toy.abilities import ABILITIES

TWICE = 2


def _declared(replace: Replace, *other: Quota) -> None:
    names = {quota.name for quota in other}
    kept = tuple(quota for quota in ABILITIES.quotas if quota.name not in names)
    declared = ABILITIES.model_copy(update={"quotas": kept + other})
    replace(client, "ABILITIES", declared)


def _known(name: str) -> Quota:
    return next(quota for quota in quotas.QUOTAS if quota.name == name)


def _doubled(replace: Replace, name: str) -> None:
    quota = _known(name)
    _declared(replace, quota.model_copy(update={"limit": quota.limit * TWICE}))


@mutant("quota-by-account", "What the marketplace counts for all accounts is declared for each.")
def narrower(replace: Replace) -> None:
    _declared(replace, _known("order/10s").model_copy(update={"scope": QuotaScope.ACCOUNT}))


@mutant("quota-by-group", "What the marketplace counts together is declared apart.")
def apart(replace: Replace) -> None:
    whole = _known("writes/10s")
    first, *rest = (
        whole.model_copy(update={"name": name, "operations": (operation,)})
        for name, operation in zip(
            ("writes/10s", "ship/10s", "cancel/10s"), whole.operations, strict=True
        )
    )
    _declared(replace, first, *rest)


@mutant("quota-by-application", "The limit is too high.")
def too_high(replace: Replace) -> None:
    _doubled(replace, "order/10s")


@mutant("quota-by-project", "The limit is too high.")
def too_many_logins(replace: Replace) -> None:
    _doubled(replace, "login/10s")


@mutant("quota-by-address", "The limit is too high.")
def too_many_looks(replace: Replace) -> None:
    _doubled(replace, "webhooks/10s")
