"""What the registered channels' sandboxes say about themselves; run, never imported."""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from channels.registry import Row, UnknownChannelError, rows
from workers.stack.child import StartError


@dataclass(frozen=True)
class DemoAccount:
    """One account of a channel as its users configure it."""

    account: str
    seller: str
    """What the sandbox calls it in its ledger."""
    options: dict[str, Any]
    objects: Sequence[str] = ()
    """Folders that its files are put into: `s3://bucket/prefix`."""


@dataclass(frozen=True)
class DemoChannel:
    """One channel of the embedded stack."""

    name: str
    module: str
    port: int
    sellers: list[Any]
    """The sandbox's own accounts file."""
    accounts: tuple[DemoAccount, ...]
    listings: tuple[dict[str, str], ...]
    plans: dict[str, dict[str, Any]]
    """Kinds of traffic that the sandbox offers by name, as it takes them."""
    rejects_returns_for: str
    """The marketplace's code of a reason that needs no evidence; empty: no return is rejected."""

    @property
    def operator_url(self) -> str:
        """Of the sandbox's surface for operators."""
        return f"http://127.0.0.1:{self.port}/_sandbox"


def chosen(names: Iterable[str]) -> list[Row]:
    """The rows of the channels named; of all where none is.

    Raises:
        UnknownChannelError: The registry has no such row.
    """
    known = rows()
    wanted = list(names) or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UnknownChannelError(
            f"There is no channel {', '.join(unknown)}. Known: {', '.join(sorted(known))}."
        )
    return [known[name] for name in wanted]


async def demo_channel(row: Row, port: int) -> DemoChannel:
    """Asks a sandbox for its sellers, their accounts as we configure them, and their listings.

    Raises:
        StartError: It has no `demo` module, or that failed.
    """
    module = f"{row.sandbox}.demo"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        "--port",
        str(port),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        words = err.decode("utf-8", "replace").strip()
        raise StartError(f"`python -m {module}` failed ({process.returncode}): {words}")
    said = json.loads(out)
    return DemoChannel(
        name=row.name,
        module=row.sandbox,
        port=port,
        sellers=said["sellers"],
        accounts=tuple(DemoAccount(**account) for account in said["accounts"]),
        listings=tuple({"channel": row.name, **listing} for listing in said["listings"]),
        plans=said.get("plans", {}),
        rejects_returns_for=said.get("rejects_returns_for", ""),
    )
