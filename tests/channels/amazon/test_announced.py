"""Which notifications tell of a document, and which are taken note of and no more."""

import json
from typing import Any

import pytest

from channels.amazon.documents.finder import announced

SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


def told(kind: str, payload: dict[str, Any]) -> bytes:
    at = "2026-11-24T04:02:11.118Z"
    return json.dumps({"notificationType": kind, "eventTime": at, "payload": payload}).encode()


def report(**changes: Any) -> bytes:
    facts = {
        "reportId": "51200199120",
        "reportType": SETTLEMENT,
        "processingStatus": "DONE",
        "reportDocumentId": "amzn1.spdoc.1.4.eu.0d3f0b52",
    }
    payload = {"reportProcessingFinishedNotification": facts | changes}
    return told("REPORT_PROCESSING_FINISHED", payload)


FEED = told(
    "FEED_PROCESSING_FINISHED",
    {
        "feedProcessingFinishedNotification": {
            "feedId": "1",
            "feedType": "JSON_LISTINGS_FEED",
            "processingStatus": "DONE",
        }
    },
)
STOCK = told(
    "FBA_INVENTORY_AVAILABILITY_CHANGES",
    {
        "SellerId": "A2KSATESTSELLR",
        "FNSKU": "X1",
        "SKU": "KSA-MUG",
        "FulfillmentInventoryByMarketplace": [{"MarketplaceId": "A17E79C6D8DWNP"}],
    },
)


def test_a_report_that_is_done_is_fetched() -> None:
    found = announced(report(), "riyadh")
    assert found is not None
    assert [(d.kind, d.document_id) for d in found] == [(SETTLEMENT, "51200199120")]


@pytest.mark.parametrize("body", [report(processingStatus="CANCELLED"), FEED, STOCK])
def test_what_needs_no_fetching_is_taken_note_of(body: bytes) -> None:
    assert announced(body, "riyadh") == ()


@pytest.mark.parametrize("body", [b"{", told("ANY_OFFER_CHANGED", {}), told("ORDER_CHANGE", {})])
def test_the_rest_is_about_something_else(body: bytes) -> None:
    assert announced(body, "riyadh") is None
