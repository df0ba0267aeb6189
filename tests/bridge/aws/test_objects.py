"""Files put into a bucket, by way of SQS: keys as they are, accounts by folder."""

import json

from bridge.bus import ServiceBus
from canonical.envelope import Source
from tests.bridge.aws.harness import DOCUMENTS, FILES, Child, Cloud
from tests.bridge.messages import events

QUEUE = "amazon-inbound"


async def test_a_file_is_an_event_of_the_account_in_whose_folder_it_is(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    plain, odd = "amazon/riyadh/invoices/INV-1.xml", "amazon/jeddah/invoices/فاتورة 1+2 100%.pdf"
    await cloud.put(plain, b"<Invoice/>")
    await cloud.put(odd, b"%PDF")
    came = {e.account: e for e in await events(bus, QUEUE, 2)}
    said = {account: json.loads(e.body) for account, e in came.items()}
    assert said["riyadh"]["key"] == plain
    assert said["jeddah"]["key"] == odd, "S3 encodes it, a blank as a plus"
    assert (said["riyadh"]["bucket"], said["riyadh"]["size"]) == (DOCUMENTS, 10)
    assert came["riyadh"].subject == f"object:{DOCUMENTS}/{plain}"
    assert came["riyadh"].order_id is None
    assert came["riyadh"].source is Source.QUEUE
    got = cloud.client("s3").get_object(Bucket=said["jeddah"]["bucket"], Key=said["jeddah"]["key"])
    assert got["Body"].read() == b"%PDF"
    await cloud.empty(FILES)


async def test_the_same_file_put_again_is_another_event_of_the_same_subject(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    key = "amazon/riyadh/A-B-A.xml"
    found = []
    for body in (b"A", b"B", b"A"):
        await cloud.put(key, body)
        found += await events(bus, QUEUE, 1)
    assert len({e.subject for e in found}) == 1
    assert len({e.event_id for e in found}) == 3


async def test_a_test_event_says_nothing_and_what_is_not_s3s_is_set_aside(
    bus: ServiceBus, cloud: Cloud, poller: Child
) -> None:
    test = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": DOCUMENTS})
    removed = _told("ObjectRemoved:Delete", "amazon/riyadh/x.xml")
    two = json.loads(_told("ObjectCreated:Put", "amazon/riyadh/1.xml"))
    two["Records"] += json.loads(_told("ObjectCreated:Copy", "amazon/riyadh/2.xml"))["Records"]
    foreign = _told("ObjectCreated:Put", "elsewhere/3.xml")
    without_key = json.loads(_told("ObjectCreated:Put", "k"))
    del without_key["Records"][0]["s3"]["object"]["key"]
    strange = ["{", "[]", "null", json.dumps(without_key)]
    await cloud.send(FILES, test, removed, json.dumps(two), foreign, *strange)
    came = await events(bus, QUEUE, 2)
    assert {json.loads(e.body)["key"] for e in came} == {
        "amazon/riyadh/1.xml",
        "amazon/riyadh/2.xml",
    }
    letters = await cloud.letters(FILES, 1 + len(strange))
    assert {body: said["reason"] for body, said in letters.items()} == {
        foreign: "unknown_account",
        **dict.fromkeys(strange, "contract"),
    }
    assert "s3://souk-documents/elsewhere/3.xml" in letters[foreign]["description"]
    await cloud.empty(FILES)


def _told(name: str, key: str) -> str:
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": "2026-11-24T09:14:31.207Z",
        "eventName": name,
        "s3": {
            "bucket": {"name": DOCUMENTS},
            "object": {"key": key, "size": 3, "eTag": "e", "sequencer": "0055AED6DCD90281E5"},
        },
    }
    return json.dumps({"Records": [record]})
