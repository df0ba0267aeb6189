"""The search attributes by which people find orders and accounts; shared by workflows and bridge.

They are stored in clear: no personal data, and never a marketplace's own words.
"""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from canonical.identity import OrderRef
from canonical.text import cut

KEYWORD_LIMIT = 255
"""Characters; visibility on PostgreSQL keeps VARCHAR(255), and the server ends a workflow whose
value exceeds 2 KiB."""

CHANNEL = SearchAttributeKey.for_keyword("SoukChannel")
ACCOUNT = SearchAttributeKey.for_keyword("SoukAccount")
ORDER_ID = SearchAttributeKey.for_keyword("SoukOrderId")
STATUS = SearchAttributeKey.for_keyword("SoukStatus")
ATTENTION = SearchAttributeKey.for_keyword("SoukAttention")
"""One word of `canonical.attention.AttentionWord`."""
ATTENTION_SINCE = SearchAttributeKey.for_datetime("SoukAttentionSince")
DEADLINE = SearchAttributeKey.for_datetime("SoukDeadline")

KEYWORDS = (CHANNEL, ACCOUNT, ORDER_ID, STATUS, ATTENTION)
DATETIMES = (ATTENTION_SINCE, DEADLINE)
ALL = (*KEYWORDS, *DATETIMES)
"""What is registered at start-up: a missing one makes every start of a workflow fail."""

FIRST_STATUS = "received"
"""Until the workflow has recorded its order and knows the state."""


def keyword(value: str) -> str:
    """The value as visibility can hold it."""
    return cut(value, KEYWORD_LIMIT)


def of_order(ref: OrderRef) -> TypedSearchAttributes:
    """The attributes that an order's workflow is started with."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(CHANNEL, keyword(ref.channel)),
            SearchAttributePair(ACCOUNT, keyword(ref.account)),
            SearchAttributePair(ORDER_ID, keyword(ref.order_id)),
            SearchAttributePair(STATUS, FIRST_STATUS),
        ]
    )
