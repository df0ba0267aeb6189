"""The commands that each workflow can issue, read from its source: a change of shape is deliberate.

`python -m tests.replay.fingerprints` writes the baseline anew.
"""

import ast
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASELINE = Path(__file__).with_name("fingerprints.json")

COMMANDS = {
    "continue_as_new",
    "execute_activity",
    "execute_child_workflow",
    "execute_local_activity",
    "patched",
    "deprecate_patch",
    "short_step",
    "sleep",
    "start_activity",
    "start_child_workflow",
    "start_local_activity",
    "upsert_search_attributes",
    "uuid4",
}
HANDLERS = {"signal", "update", "query"}


def fingerprints() -> dict[str, list[str]]:
    """For each workflow module, its commands and handlers in the order of the source."""
    found = {}
    for path in sorted((ROOT / "workflows").glob("*.py")):
        lines = _of_module(ast.parse(path.read_text(encoding="utf-8")))
        if lines:
            found[path.stem] = lines
    return found


def _of_module(tree: ast.Module) -> list[str]:
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines += [f"{node.name}: {what}" for what in _of_function(node)]
    return lines


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    handlers = [
        ast.unparse(decorator)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and _name(decorator) in HANDLERS
    ]
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    return handlers + [line for call in calls if (line := _command(call))]


def _command(call: ast.Call) -> str | None:
    name = _name(call)
    if name == "wait_condition":
        timed = any(keyword.arg == "timeout" for keyword in call.keywords)
        return "timer" if timed else None
    if name not in COMMANDS:
        return None
    return f"{name} {ast.unparse(call.args[0])}" if call.args else name


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


if __name__ == "__main__":
    BASELINE.write_text(json.dumps(fingerprints(), indent=1) + "\n", encoding="utf-8")
