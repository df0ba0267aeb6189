"""Runs the judge."""

import asyncio
import json
import sys

from rich.console import Console

from sandbox.judge.court import hold
from sandbox.judge.errors import CannotJudgeError
from sandbox.judge.options import parse
from sandbox.judge.show import show


def main() -> int:
    """Judges; returns 0 when all is well, 1 when not, 2 when it cannot judge."""
    options = parse()
    try:
        verdict = asyncio.run(hold(options))
    except CannotJudgeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.json:
        sys.stdout.write(json.dumps(verdict.as_json(), ensure_ascii=False, default=float) + "\n")
    else:
        show(verdict, Console())
    return 0 if verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
