"""The table of channels and cases, as the abilities tell it."""

from pathlib import Path

from channels import registry
from tests.conformance.case import Case
from tests.conformance.every import CASES
from tests.conformance.rows import OWN, package_of, rows

FILE = Path(__file__).with_name("table.md")
PASSES = "passes"
HEAD = """\
# Conformance: channels and cases

Made from the abilities that each channel declares, by `python -m tests.conformance.table`; a test
keeps it true, and what "passes" is played by `make conformance`. Else the ability is named for want
of which the case does not apply.
"""


def cell(one: Case, channel: str) -> str:
    """Whether a case applies to a channel."""
    lacks = one.lacks(package_of(rows()[channel]).ABILITIES)
    return PASSES if not lacks else "no " + ", ".join(f"`{x}`" for x in lacks)


def table() -> str:
    """The page in Markdown, for the platform's channels and the toy."""
    channels = [*registry.rows(), *registry.rows(OWN)]
    heads = ["case", "demands", *channels]
    lines = [HEAD, _row(heads), _row(["---"] * len(heads))]
    for one in CASES.values():
        lines.append(_row([f"`{one.name}`", one.demands, *(cell(one, c) for c in channels)]))
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
