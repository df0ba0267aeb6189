"""Report types: which can be asked for, and what KSA gets (section 6)."""

ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
ACTIONABLE = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
FBA_SHIPMENTS = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"
FBA_RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"

ON_REQUEST = frozenset({ALL_ORDERS, ACTIONABLE, FBA_SHIPMENTS, FBA_RETURNS})
RESTRICTED = frozenset({ACTIONABLE})
"""Whose document needs a restricted data token."""

ELSEWHERE = frozenset(
    {"GET_FLAT_FILE_VAT_INVOICE_DATA_REPORT", "GET_VAT_TRANSACTION_DATA", "SC_VAT_TAX_REPORT"}
)
"""Only for EU and UK stores: taken in, and FATAL with a document that says why."""

KNOWN = ON_REQUEST | ELSEWHERE | {SETTLEMENT}

PERIODS = {
    "PT5M": 300,
    "PT15M": 900,
    "PT30M": 1800,
    "PT1H": 3600,
    "PT2H": 7200,
    "PT4H": 14_400,
    "PT8H": 28_800,
    "PT12H": 43_200,
    "P1D": 86_400,
    "P2D": 172_800,
    "P3D": 259_200,
    "PT84H": 302_400,
    "P7D": 604_800,
    "P14D": 1_209_600,
    "P15D": 1_296_000,
    "P18D": 1_555_200,
    "P30D": 2_592_000,
    "P1M": 2_592_000,
}
"""Seconds of a schedule's period; a month is taken as 30 days."""
