"""H21: a voucher on the gross price, from the marketplace's webhook to what people are shown."""

import json
from decimal import Decimal

import pytest

from tests.e2e.test_stuck_orders import CASES, order
from tests.fixtures.stack import Held
from workers.stack.http import call

NUMBER = "10600210001"

pytestmark = pytest.mark.timeout(120)


async def test_h21_the_voucher_is_taken_from_the_price_with_tax(platform: Held) -> None:
    page = json.loads((CASES / "H21-trendyol-stream.json").read_text())
    (package,) = page["content"]
    raw = {"seller": str(package["supplierId"]), "body": json.dumps(package)}
    await call("POST", f"{platform.channel.operator_url}/webhooks/raw", raw)
    row = await order(platform, "riyadh", NUMBER)
    kept = await platform.store.orders.load(row.ref)
    assert kept is not None
    whole = kept.order
    said = (str(whole.gross), str(whole.discount), str(whole.payable), str(whole.vat))
    assert said == ("85.00 SAR", "75.00 SAR", "10.00 SAR", "1.30 SAR")
    tax = whole.lines[0].tax
    assert tax is not None and (str(tax.net), tax.rate) == ("8.70 SAR", Decimal(15))
    assert whole.prices_include_tax
    # Its product is nobody's, and that alone is what a person is called for: the sums are right.
    shown = await platform.souk("order", "show", NUMBER, "--account", "riyadh")
    assert shown.code == 0, shown.err
    assert "unmapped_item" in shown.out and "totals" not in shown.out
