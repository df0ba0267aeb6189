"""The verdict for people."""

from rich.console import Console
from rich.table import Table

from sandbox.judge.verdict import DETAILS, Verdict


def show(verdict: Verdict, console: Console) -> None:
    """Prints a table, and under it a line for each fault."""
    found = verdict.as_json()
    table = Table(title="Judgement", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    bad = {"lost", "duplicated", "wrong"}
    for name, count in found["orders"].items():
        style = "red" if name in bad and count else ""
        table.add_row(f"orders {name}", str(count), style=style)
    for name, count in found.get("erp", {}).items():
        table.add_row(f"ERP {name.replace('_', ' ')}", str(count))
    table.add_row("throttled calls", str(found["throttled_calls"]))
    table.add_row("quota floor", f"{found['quota_floor_seconds']:g} s")
    for name, count in found["hooks"].items():
        table.add_row(f"hooks {name}", str(count))
    console.print(table)
    for fault in verdict.faults[:DETAILS]:
        console.print(f"- {fault}", markup=False, highlight=False)
    if len(verdict.faults) > DETAILS:
        console.print(f"... and {len(verdict.faults) - DETAILS} more")
    console.print("All is well." if verdict.clean else "Not all is well.")
