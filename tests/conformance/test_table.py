"""The committed table is what the abilities say, and the abilities alone."""

import re
from pathlib import Path

from tests.conformance.rows import rows
from tests.conformance.table import FILE, table

HERE = Path(__file__).parent
JUDGING = (*sorted((HERE / "cases").glob("*.py")), HERE / "case.py", HERE / "acts.py")

NAMED = r"""(["']|channels\.|sandbox\.){0}\b"""
"""As a literal or in an import."""


def test_the_committed_table_is_current() -> None:
    again = "`python -m tests.conformance.table` writes it anew"
    assert FILE.read_text(encoding="utf-8") == table(), again


def test_no_case_names_a_channel() -> None:
    for path in JUDGING:
        text = path.read_text(encoding="utf-8").lower()
        named = [name for name in rows() if re.search(NAMED.format(name), text)]
        assert not named, f"{path.name} names {named}"
