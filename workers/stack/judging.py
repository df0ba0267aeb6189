"""The outside checker, run as a program of its own: it imports nothing of the platform."""

import asyncio
import json
import sys
from typing import Any

from workers.stack.child import StartError
from workers.stack.sandboxes import DemoChannel
from workers.stack.stack import Stack

CLEAN_OR_NOT = (0, 1)


async def judged(stack: Stack, channel: DemoChannel, within_s: float) -> dict[str, Any]:
    """The judge's verdict on one channel.

    Args:
        stack: The running stack.
        channel: Whose ledger is held against the tables.
        within_s: Seconds in which both sides may still come together.

    Raises:
        StartError: It could not judge; has its words.
    """
    accounts = [f"--account={account.account}={account.seller}" for account in channel.accounts]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.judge", "--json",
        "--database", stack.database_url.replace("+asyncpg", ""),
        "--ledger", f"{channel.operator_url}/ledger",
        "--erp", f"{stack.addresses.erp}/book",
        "--channel", channel.name,
        "--sandbox", channel.module,
        "--within", str(within_s),
        *accounts,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    if process.returncode not in CLEAN_OR_NOT:
        words = err.decode("utf-8", "replace").strip()
        raise StartError(f"The judge could not judge ({process.returncode}): {words}")
    verdict: dict[str, Any] = json.loads(out)
    verdict["clean"] = process.returncode == 0
    return verdict
