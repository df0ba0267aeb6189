"""Which channels are tried: those of the platform, the toy, and whatever a walk brings."""

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from channels import registry
from channels.registry import ChannelPackage, Row

OWN = Path(__file__).with_name("registry.toml")
MORE = "SOUK_CONFORMANCE_ROWS"
"""Environment variable: one registry more."""


def rows() -> Mapping[str, Row]:
    """All rows by the channel's name."""
    more = os.environ.get(MORE)
    found = {**registry.rows(), **registry.rows(OWN)}
    return {**found, **registry.rows(Path(more))} if more else found


def package_of(row: Row) -> ChannelPackage:
    """What the row's package exports."""
    return cast(ChannelPackage, importlib.import_module(row.package))


def as_any(row: Row) -> Any:
    """The same without its type, for what not every package has yet."""
    return importlib.import_module(row.package)
