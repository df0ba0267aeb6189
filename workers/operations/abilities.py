"""What the registered channels can do."""

from canonical.abilities import Abilities
from channels import registry


def all_abilities() -> dict[str, Abilities]:
    """By channel, in the order of the registry."""
    return {name: registry.package(name).ABILITIES for name in registry.rows()}
