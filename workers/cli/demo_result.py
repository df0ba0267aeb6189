"""How a demonstration's result is printed."""

import json
from typing import TYPE_CHECKING

from workers.cli.output import say, say_table

if TYPE_CHECKING:
    from workers.stack.result import DemoResult


def say_result(result: "DemoResult", as_json: bool) -> None:
    """One JSON object, or a table and sentences."""
    said = result.as_json()
    if as_json:
        say(json.dumps(said, ensure_ascii=False))
        return
    orders = said["orders"]
    say_table(tuple(orders), [tuple(orders.values())], "")
    say(
        f"{said['seconds']} s (the quotas alone force {said['quota_floor_seconds']} s),"
        f" {said['throttled_calls']} throttled calls, {said['hooks']['duplicated']} hooks twice,"
        f" {said['hooks']['reordered']} out of order."
    )
    for sentence in said["why"]:
        say(f"- {sentence}")
    say("All is well." if said["clean"] else "Not all is well.")
