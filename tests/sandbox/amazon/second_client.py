"""Run with a Python that has `amzn-sp-api`: reads an order, a report and a feed, prints them.

Arguments: base URL, refresh token, order id.
"""
# The package is in no lock file.
# mypy: ignore-errors

import gzip
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import requests
from spapi import FeedsApi, GetOrderApi, OrdersV0Api, ReportsApi, SPAPIClient, SPAPIConfig
from spapi.models.feeds_v2021_06_30 import CreateFeedDocumentSpecification, CreateFeedSpecification
from spapi.models.reports_v2021_06_30 import CreateReportSpecification

MARKETPLACE = "A17E79C6D8DWNP"
ENDED = ("DONE", "FATAL", "CANCELLED")


def main() -> None:
    url, refresh_token, order_id = sys.argv[1:]
    config = SPAPIConfig(client_id="client", client_secret="secret", refresh_token=refresh_token)
    client = SPAPIClient(config, oauth_endpoint=f"{url}/auth/o2/token", endpoint=url).api_client
    included = ["PROCEEDS", "FULFILLMENT", "RECIPIENT", "BUYER", "PAYMENT"]
    order = GetOrderApi(client).get_order(order_id, included_data=included).order
    v0 = OrdersV0Api(client)
    old, items = v0.get_order(order_id).payload, v0.get_order_items(order_id).payload
    seen = {
        "order": [
            order.order_id,
            order.fulfillment.fulfillment_status,
            order.proceeds.grand_total.amount,
            order.recipient.delivery_address.country_code,
        ],
        "v0": [old.amazon_order_id, old.order_status, old.order_total.amount],
        "items": [[item.seller_sku, item.quantity_ordered] for item in items.order_items],
        "report": report(ReportsApi(client)),
        "feed": feed(FeedsApi(client)),
    }
    print(json.dumps(seen))  # noqa: T201 - read by the test


def until_ended(read: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while True:
        found = read()
        if found.processing_status in ENDED:
            return found
        assert time.monotonic() < deadline, f"still {found.processing_status}"
        time.sleep(0.1)


def downloaded(document: Any) -> str:
    body = requests.get(document.url, timeout=10).content
    if document.compression_algorithm == "GZIP":
        body = gzip.decompress(body)
    return body.decode()


def report(api: ReportsApi) -> list[str]:
    kind = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
    wanted = CreateReportSpecification(report_type=kind, marketplace_ids=[MARKETPLACE])
    made = api.create_report(wanted)
    ended = until_ended(lambda: api.get_report(made.report_id))
    text = downloaded(api.get_report_document(ended.report_document_id))
    return [ended.processing_status, text.splitlines()[1].split("\t")[0]]


def feed(api: FeedsApi) -> list[str]:
    content_type = "text/xml; charset=UTF-8"
    made = api.create_feed_document(CreateFeedDocumentSpecification(content_type=content_type))
    put = requests.put(
        made.url, data=b"<AmazonEnvelope/>", headers={"Content-Type": content_type}, timeout=10
    )
    put.raise_for_status()
    sent = api.create_feed(
        CreateFeedSpecification(
            feed_type="POST_ORDER_ACKNOWLEDGEMENT_DATA",
            marketplace_ids=[MARKETPLACE],
            input_feed_document_id=made.feed_document_id,
        )
    )
    ended = until_ended(lambda: api.get_feed(sent.feed_id))
    text = downloaded(api.get_feed_document(ended.result_feed_document_id))
    return [ended.processing_status, text]


if __name__ == "__main__":
    main()
