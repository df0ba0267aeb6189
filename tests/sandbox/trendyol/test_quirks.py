from typing import Any

from tests.sandbox.trendyol.harness import Receiver, Sandbox, Seller, eventually

CLAIMS = "order/S/claims"
PACE = {"ship_s": [0.02, 0.1], "deliver_s": [0.02, 0.1], "cancel_s": [0.02, 0.1]}


async def traffic(seller: Seller, receiver: Receiver, orders: int, **shares: Any) -> Any:
    """Runs traffic for one seller that does its part, until all orders are finished."""
    await begin(seller, receiver, orders, **shares)
    return await eventually(lambda: all_finished(seller, orders), 15)


async def begin(seller: Seller, receiver: Receiver, orders: int, **shares: Any) -> None:
    await seller.sandbox.knobs(quotas={})
    await seller.hook(receiver)

    async def react(package: Any) -> None:
        if package["status"] == "Created":
            await seller.set_status(package, "Picking")
            await seller.set_status(package, "Invoiced")

    receiver.react = react
    plan = {"orders": orders, "per_second": 100, "sellers": [seller.id], **PACE}
    plan |= {"share_cancelled": 0, "share_awaiting": 0, **shares}
    await seller.sandbox.operate("POST", "/traffic", plan)


async def all_finished(seller: Seller, orders: int) -> Any:
    found = (await seller.ledger())["orders"]
    done = len(found) == orders and all(order["finished"] for order in found.values())
    return found if done else None


async def test_partly_cancelled_orders_go_on_in_a_successor(
    seller: Seller, receiver: Receiver
) -> None:
    orders = await traffic(seller, receiver, 6, share_partly_cancelled=1.0)
    cut = [order for order in orders.values() if order["outcome"] == "delivered"]
    assert cut
    for order in cut:
        statuses = {each["createdBy"]: each["status"] for each in order["packages"].values()}
        assert statuses == {"order-creation": "Cancelled", "cancel": "Delivered"}
    for order in orders.values():
        assert sum(line["cancelledQuantity"] for line in order["lines"]) == 1


async def test_awaiting_that_fails_its_payment_check(seller: Seller, receiver: Receiver) -> None:
    orders = await traffic(
        seller, receiver, 4, share_awaiting_cancelled=1.0, awaiting_s=[0.02, 0.1]
    )
    for order in orders.values():
        [package] = order["packages"].values()
        assert [step["status"] for step in package["history"]] == ["Awaiting", "Cancelled"]


async def test_unknown_statuses_and_undelivered_parcels(seller: Seller, receiver: Receiver) -> None:
    orders = await traffic(seller, receiver, 4, share_unknown_status=1.0, share_undelivered=1.0)
    assert {order["outcome"] for order in orders.values()} == {"returned"}
    for order in orders.values():
        [package] = order["packages"].values()
        history = [step["status"] for step in package["history"]]
        assert history[-4:] == ["Shipped", "InCustomsClearance", "UnDelivered", "Returned"]


async def test_old_names_cash_on_delivery_and_empty_addresses(
    seller: Seller, receiver: Receiver
) -> None:
    plan = {"orders": 4, "per_second": 100, "sellers": [seller.id], "share_cancelled": 0}
    plan |= {"share_awaiting": 0, "share_cod": 1, "share_old_names": 1, "share_empty_address": 1}
    await seller.sandbox.knobs(address_fill_s=[150, 150])
    await seller.hook(receiver)
    await seller.sandbox.operate("POST", "/traffic", plan)
    await eventually(lambda: len(receiver.events) == 4)
    assert all(event["isCod"] for event in receiver.events)
    assert all("shipmentPackageId" not in event for event in receiver.events)
    assert all(event["shipmentAddress"]["district"] == "" for event in receiver.events)

    async def filled() -> bool:
        rows = await seller.sandbox.operate("GET", f"/packages/{seller.id}")
        return all(row["shipmentAddress"]["district"] for row in rows)

    await eventually(filled, 4)


async def test_claims_in_traffic(seller: Seller, receiver: Receiver) -> None:
    await begin(seller, receiver, 3, share_claimed=1.0, claim_decision_s=[0.0, 0.1])

    async def claimed() -> Any:
        claims = (await seller.ledger())["claims"]
        return claims if len(claims) == 3 else None

    claims = await eventually(claimed)
    assert all(item["status"] == "WaitingInAction" for claim in claims for item in claim["items"])
    orders = (await seller.ledger())["orders"]
    assert not any(order["finished"] for order in orders.values())
    for claim in claims[1:]:
        body = {"claimLineItemIdList": [item["id"] for item in claim["items"]]}
        answer = await seller.call("PUT", f"{CLAIMS}/{claim['id']}/items/approve", body)
        assert answer.status == 200
    items = ",".join(item["id"] for item in claims[0]["items"])
    query = f"claimIssueReasonId=451&claimItemIdList={items}&description=checked"
    assert (await seller.call("POST", f"{CLAIMS}/{claims[0]['id']}/issue?{query}")).status == 200
    await eventually(lambda: all_finished(seller, 3))
    statuses = [item["status"] for c in (await seller.ledger())["claims"] for item in c["items"]]
    assert sorted(statuses) == ["Accepted", "Accepted", "Rejected"]


async def test_splits_in_traffic(seller: Seller, receiver: Receiver) -> None:
    orders = await traffic(seller, receiver, 6, share_split=1.0)
    shapes = [sorted(p["status"] for p in order["packages"].values()) for order in orders.values()]
    whole, handed_over = ["Delivered"], ["Delivered", "Delivered", "UnPacked"]
    assert all(shape in (whole, handed_over) for shape in shapes)
    assert shapes.count(handed_over) >= 3
    for order in orders.values():
        ordered = sum(line["quantity"] for line in order["lines"])
        arrived = [p for p in order["packages"].values() if p["status"] == "Delivered"]
        assert sum(line["quantity"] for p in arrived for line in p["lines"]) == ordered


async def test_hooks_go_passive_amid_the_traffic(seller: Seller, receiver: Receiver) -> None:
    await begin(seller, receiver, 4, hooks_passive_at=0.5)

    async def lost() -> Any:
        hooks = (await seller.ledger())["hooks"]
        return hooks if hooks["lostPassive"] >= 2 else None

    assert (await eventually(lost))["passivations"] == 1
    hooks = await seller.sandbox.operate("GET", "/webhooks")
    [hook] = [each for each in hooks if each["seller"] == seller.id]
    assert hook["status"] == "PASSIVE"


async def test_a_stage_test_order(seller: Seller) -> None:
    path, line = "test/order/orders/core", {"barcode": "SKU2", "quantity": 2}
    assert (await seller.call("POST", path, {"lines": [line]})).status == 400
    made = await seller.call("POST", path, {"microRegion": "GULF", "lines": [line]})
    found = await seller.call("GET", "order/S/orders/stream")
    assert found.json["content"][0]["orderNumber"] == made.json["orderNumber"]


async def test_a_hand_over_by_the_marketplace(seller: Seller) -> None:
    package = await seller.order(lines=[{"quantity": 2}])
    path = f"/packages/{seller.id}/{package['shipmentPackageId']}/split"
    lines = [{"lineId": package["lines"][0]["lineId"], "quantity": 1}]
    await seller.sandbox.operate("POST", path, {"lines": lines})

    async def moved() -> bool:
        rows = await seller.sandbox.operate("GET", f"/packages/{seller.id}")
        return [row["createdBy"] for row in rows].count("transfer") == 2

    await eventually(moved)


async def test_operators_are_told_what_they_did_wrong(sandbox: Sandbox, seller: Seller) -> None:
    wrong: list[tuple[str, Any]] = [
        ("/traffic", {"orders": 0}),
        ("/traffic", {"orders": 1, "sellers": ["1"]}),
        ("/orders", {"seller": "1"}),
        ("/faults", [{"kind": "nonsense"}]),
        ("/knobs", {"nonsense": 1}),
        ("/webhooks/raw", {"seller": seller.id, "body": "x"}),
    ]
    for path, body in wrong:
        assert "error" in await sandbox.operate("POST", path, body, status=400)
