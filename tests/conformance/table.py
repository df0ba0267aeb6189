"""The table of channels and cases, as the abilities tell it."""

from pathlib import Path

from tests.conformance.case import CASES, Case
from tests.conformance.rows import package_of, rows

FILE = Path(__file__).with_name("table.md")
HEAD = """\
# Conformance: channels and cases

Made from the abilities that each channel declares, by `python -m tests.conformance.table`; a test
keeps it true. "applies" is played and passes in `make conformance`; else the ability is named for
want of which it does not apply.
"""


def cell(one: Case, channel: str) -> str:
    """Whether a case applies to a channel."""
    lacks = one.lacks(package_of(rows()[channel]).ABILITIES)
    return "applies" if not lacks else "no " + ", ".join(f"`{x}`" for x in lacks)


def table(channels: list[str]) -> str:
    """The page in Markdown."""
    heads = ["case", "demands", *channels]
    lines = [HEAD, _row(heads), _row(["---"] * len(heads))]
    for one in CASES.values():
        lines.append(_row([f"`{one.name}`", one.demands, *(cell(one, c) for c in channels)]))
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
