"""The running sandboxes, one for each channel that is tried, and what came of the cases."""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conformance.market import Market, market_of
from tests.conformance.rows import rows

pytest.register_assert_rewrite("tests.conformance.cases", "tests.conformance.stage")

SHOWN = "SOUK_CONFORMANCE_TABLE"
"""Environment variable: the results are printed as a table at the end."""


@pytest_asyncio.fixture(scope="session")
async def market(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Callable[[str], Awaitable[Market]]]:
    """Starts a channel's sandbox when it is first asked for."""
    running: dict[str, Market] = {}
    async with AsyncExitStack() as stack:

        async def of(channel: str) -> Market:
            if channel not in running:
                folder: Path = tmp_path_factory.mktemp(channel)
                running[channel] = await stack.enter_async_context(
                    market_of(rows()[channel], folder)
                )
            return running[channel]

        yield of


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of what was played, where it is asked for."""
    if not os.environ.get(SHOWN):
        return
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for outcome, word in (("passed", "passes"), ("failed", "FAILS"), ("error", "FAILS")):
        for report in terminalreporter.getreports(outcome):
            known = dict(report.user_properties)
            if "case" in known:
                found[known["case"]][known["channel"]] = word
    channels = list(rows())
    wide = max((len(name) for name in found), default=0)
    terminalreporter.write_line("")
    terminalreporter.write_line(" ".join(["case".ljust(wide), *(c.ljust(10) for c in channels)]))
    for name, cells in found.items():
        marks = (cells.get(c, "-").ljust(10) for c in channels)
        terminalreporter.write_line(" ".join([name.ljust(wide), *marks]))
