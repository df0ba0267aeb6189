"""Settlements of any number of rows, with a total that their amounts add up to."""

from collections.abc import Iterator
from decimal import Decimal

COLUMNS = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date",
    "total-amount", "currency", "transaction-type", "order-id", "merchant-order-id",
    "adjustment-id", "shipment-id", "marketplace-name", "amount-type", "amount-description",
    "amount", "fulfillment-id", "posted-date", "posted-date-time", "order-item-code",
    "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased",
    "promotion-id",
)  # fmt: skip
SKUS = ("KSA-TEA-0250", "KSA-MUG-RED", "شاي-250", "KSA-KETTLE")


def amount(number: int) -> Decimal:
    """The amount of a row: fees and prices of many sizes."""
    return Decimal(number * 7919 % 100_000 - 20_000) / 100


def lines(rows: int, settlement_id: str = "19482399777") -> Iterator[bytes]:
    """A settlement's lines, in pieces of some thousand."""
    total = sum((amount(n) for n in range(rows)), Decimal(0))
    period = "2026-10-14 07:49:55 UTC\t2026-10-28 07:49:55 UTC\t2026-10-30 07:49:55 UTC"
    empty = "\t" * 18
    yield ("\t".join(COLUMNS) + f"\n{settlement_id}\t{period}\t{total}\tSAR{empty}\n").encode()
    piece = []
    for n in range(rows):
        minute = f"2026-10-{15 + n % 13} {n // 60 % 24:02d}:{n % 60:02d}:00 UTC"
        piece.append(
            f"{settlement_id}\t\t\t\t\t\tOrder\t408-{n % 9_999_999:07d}-0000001\t\t\tD{n}"
            f"\tAmazon.sa\tItemPrice\tPrincipal\t{amount(n)}\tMFN\t{minute[:10]}\t{minute}"
            f"\t{n:014d}\t\t\t{SKUS[n % 4]}\t{n % 3 + 1}\t\n"
        )
        if len(piece) == 5000:
            yield "".join(piece).encode()
            piece = []
    yield "".join(piece).encode()


def whole(rows: int, settlement_id: str = "19482399777") -> bytes:
    return b"".join(lines(rows, settlement_id))
