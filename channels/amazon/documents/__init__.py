"""Amazon's documents: a kind is a small file here and a row in `KINDS`.

Source of the columns: developer-docs, "Settlement reports attributes" and "Order Tracking reports
attributes"; of the two FBA reports they are ASSUMED. Dates and number formats of Saudi Arabia are
not published: each file is read as it proves itself.
"""

from collections.abc import Mapping

from canonical.documents.columns import FlatKind
from channels.amazon.abilities import ALL_ORDERS, FBA_RETURNS, FBA_SHIPMENTS, SETTLEMENT
from channels.amazon.documents.all_orders import ORDERS
from channels.amazon.documents.fba_returns import RETURNS
from channels.amazon.documents.fba_shipments import SHIPMENTS
from channels.amazon.documents.settlement import SETTLEMENT_V2

KINDS: Mapping[str, FlatKind] = {
    SETTLEMENT: SETTLEMENT_V2,
    ALL_ORDERS: ORDERS,
    FBA_SHIPMENTS: SHIPMENTS,
    FBA_RETURNS: RETURNS,
}
"""By report type."""
