"""A second, unrelated client: npm's `@azure/service-bus` 7, which stands on another AMQP library.

It runs where Node and the package are. To install it:
`npm install --prefix ~/.cache/souk-node @azure/service-bus@7`, or anywhere else with
SOUK_NODE_MODULES naming the folder `node_modules`.
"""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.sandbox.servicebus.program import Program

MODULES = Path(
    os.environ.get("SOUK_NODE_MODULES") or Path.home() / ".cache" / "souk-node" / "node_modules"
)
SCRIPT = Path(__file__).with_name("second_client.cjs")


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.skipif(
    not (MODULES / "@azure" / "service-bus").is_dir(),
    reason=f"@azure/service-bus is not in {MODULES}: "
    "npm install --prefix ~/.cache/souk-node @azure/service-bus@7, or set SOUK_NODE_MODULES",
)
async def test_the_javascript_client_sees_the_same_service(program: Program) -> None:
    process = await asyncio.create_subprocess_exec(
        *("node", str(SCRIPT), str(MODULES), program.connection_string()),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 50)
    assert process.returncode == 0, err.decode() + out.decode()
    seen = json.loads(out)
    correlation, sql = seen.pop("rules")
    assert correlation["filter"]["subject"] == "x"
    assert correlation["filter"]["applicationProperties"] == {"k": "v", "i": 3}
    assert (sql["filter"], sql["action"]) == (
        {"sqlExpression": "n > 5"},
        {"sqlExpression": "SET m = n + 1"},
    )
    assert seen == {
        "bodies": [{"hello": "سوق"}, "b0", "b1", "b2"],
        "properties": {"n": 7, "t": True},
        "lockToken": True,
        "renewed": True,
        "again": ["b0", 1, {"attempt": "one"}],
        "deferred": "b1",
        "letter": ["b2", "why", "because", 5],
        "scheduled": ["later", "scheduled"],
        "afterCancel": 0,
        "streamed": "streamed",
        "session": ["s1", [1, 2], True],
        "state": "half way",
        "locked": "SessionCannotBeLocked",
        "brokenRule": "ArgumentError: the end in 'n >' where a property should be",
        "matched": [["high", 10, "sql"], ["x", None, None]],
        "unknown": "MessagingEntityNotFound",
        "tooBig": "MessageSizeExceeded",
        "wrongKey": "UnauthorizedAccess",
    }
