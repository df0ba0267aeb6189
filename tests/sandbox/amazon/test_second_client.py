"""A second, unrelated client: Amazon's own package `amzn-sp-api`, turned to the sandbox.

It takes 44 MB, so it is in no lock file; it runs where the package is. To install it:
`python3 -m venv ~/.cache/souk-spapi && ~/.cache/souk-spapi/bin/pip install amzn-sp-api`, or
anywhere else with SOUK_SPAPI_PYTHON naming that environment's Python.
"""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.sandbox.amazon.harness import Sandbox, Seller

PYTHON = Path(
    os.environ.get("SOUK_SPAPI_PYTHON") or Path.home() / ".cache" / "souk-spapi" / "bin" / "python"
)
SCRIPT = Path(__file__).with_name("second_client.py")


@pytest.mark.skipif(
    not PYTHON.is_file(),
    reason=f"{PYTHON} is not there: python3 -m venv ~/.cache/souk-spapi && "
    "~/.cache/souk-spapi/bin/pip install amzn-sp-api, or set SOUK_SPAPI_PYTHON",
)
async def test_amazon_s_own_client_reads_an_order_a_report_and_a_feed(
    seller: Seller, sandbox: Sandbox
) -> None:
    # The package's User-Agent does not name its language as the documentation asks for.
    await sandbox.knobs(user_agent_rule="present")
    order = await seller.order(lines=[{"sku": "SKU-2", "quantity": 2}])
    await seller.read(order)
    process = await asyncio.create_subprocess_exec(
        *(str(PYTHON), str(SCRIPT), sandbox.url, f"Atzr|{seller.place}", order["order_id"]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 50)
    assert process.returncode == 0, err.decode()
    assert json.loads(out) == {
        "order": [order["order_id"], "UNSHIPPED", "115.00", "SA"],
        "v0": [order["order_id"], "Unshipped", "115.00"],
        "items": [["SKU-2", 2]],
        "report": ["DONE", order["order_id"]],
        "feed": ["FATAL", "AmazonEnvelope with at least one Message is missing"],
    }
