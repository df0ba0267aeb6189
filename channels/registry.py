"""Which marketplaces there are: one row each, naming the package that knows it."""

import importlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from pydantic import BaseModel

from canonical.abilities import Abilities
from canonical.order import Order
from channels.limiter import Limiter
from channels.port import Channel

ROWS = Path(__file__).with_name("registry.toml")


class UnknownChannelError(LookupError):
    """A configuration or a command names a channel that has no row."""


class ChannelPackage(Protocol):
    """What a marketplace's package exports."""

    ABILITIES: Abilities
    AccountOptions: type[BaseModel]

    def connect(self, account: str, options: BaseModel, limiter: Limiter) -> Channel:
        """Opens one account. `options` is an instance of the package's `AccountOptions`."""
        ...

    def map_file(self, body: bytes, account: str) -> tuple[Order, ...]:
        """Maps a recorded body (a page, a webhook's body, one event) without any connection.

        Raises:
            ContractError: Naming each field that does not fit.
        """
        ...


@dataclass(frozen=True)
class Row:
    """One line of `registry.toml`."""

    name: str
    package: str
    sandbox: str
    """The module that stands in for the marketplace on a laptop; run, never imported."""
    ingress: str = ""
    """The module that reads what the marketplace puts on a queue of ours, where it does that."""


def rows(path: Path = ROWS) -> Mapping[str, Row]:
    """All registered channels by name."""
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Row(name=name, **row) for name, row in table.items()}


def package(name: str) -> ChannelPackage:
    """The package of a channel.

    Raises:
        UnknownChannelError: No row has this name; the message lists those there are.
    """
    row = rows().get(name)
    if row is None:
        known = ", ".join(sorted(rows())) or "none"
        raise UnknownChannelError(
            f"There is no channel {name!r}. Known: {known}. A channel is a row in {ROWS.name}."
        )
    return cast(ChannelPackage, importlib.import_module(row.package))
