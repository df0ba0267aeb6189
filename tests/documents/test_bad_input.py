"""What cannot be read: parked with the line and a sentence, its bytes kept, no row of it stored."""

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.amazon.abilities import ALL_ORDERS, FBA_RETURNS, SETTLEMENT
from store.document_results import DocumentState
from store.document_tables import order_report_rows, settlement_rows
from tests.documents.settlements import whole
from tests.documents.stage import Stage

GOOD = whole(40)
CASES = Path(__file__).parents[1] / "cases"
ORDERS = (CASES / "H08b-report-body-plain.tsv").read_bytes()


def _bomb() -> bytes:
    """A gigabyte and a half of one line, packed into little."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    pieces = [packed.compress(piece) for _ in range(1500)]
    return b"".join(pieces) + packed.flush()


def _line_bomb() -> bytes:
    """As much, of good lines: each of them is short."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    row = GOOD.split(b"\n")[2] + b"\n"
    piece = row * 5000
    pieces = [packed.compress(GOOD)]
    pieces += [packed.compress(piece) for _ in range((1 << 30) // len(piece) + 2)]
    return b"".join(pieces) + packed.flush()


def _without(column: bytes) -> bytes:
    lines = [line.split(b"\t") for line in GOOD.rstrip(b"\n").split(b"\n")]
    place = lines[0].index(column)
    return b"\n".join(b"\t".join(c[:place] + c[place + 1 :]) for c in lines) + b"\n"


BAD = {
    "empty": (b"", "empty", None),
    "blank": (b"\n\n \n", "empty", None),
    "truncated gzip": (gzip.compress(GOOD)[:-30], "archive", None),
    "damaged gzip": (gzip.compress(GOOD)[:60] + b"\xff" * 80, "archive", None),
    "packed twice": (gzip.compress(gzip.compress(GOOD)), "packed_twice", None),
    "cut off": (GOOD[: GOOD.rstrip().rindex(b"\n") + 40], "total", 2),
    "total off": (GOOD.replace(b"Principal\t-120.81", b"Principal\t-120.80"), "total", 2),
    "column less": (_without(b"amount-type"), "header", 1),
    "no total": (b"\n".join(x for i, x in enumerate(GOOD.split(b"\n")) if i != 1), "total", None),
    "two totals": (GOOD + GOOD.split(b"\n")[1] + b"\n", "total", 43),
    "cell more": (GOOD.replace(b"KSA-MUG-RED", b"KSA\tMUG-RED", 1), "row", 4),
    "no number": (GOOD.replace(b"-120.81", b"-120.8x", 1), "numbers", 4),
    "no time": (GOOD.replace(b"2026-10-16 00:01:00 UTC", b"yesterday", 1), "dates", 4),
    "no count": (GOOD.replace(b"KSA-MUG-RED\t2", b"KSA-MUG-RED\ttwo", 1), "row", 4),
    "a page": (b"<html>503</html>", "header", 1),
    "one long line": (b"settlement-id\t" + bytes(1 << 21), "too_large", 1),
}


@pytest.mark.parametrize(("body", "reason", "line"), BAD.values(), ids=BAD)
async def test_a_bad_settlement_is_parked_whole(
    stage: Stage, body: bytes, reason: str, line: int | None
) -> None:
    found = await stage.report(SETTLEMENT, body)
    kept = await stage.parked(found)
    assert (kept.reason, kept.line) == (reason, line), kept.detail
    assert await stage.rows(settlement_rows, kept) == []
    back = io.BytesIO()
    await stage.store.documents.write_raw(kept.pk, back)
    assert back.getvalue() == body, "kept as it came"
    assert stage.bus.documents == []


async def test_an_order_report_that_breaks_off_in_a_row(stage: Stage) -> None:
    # 20 characters less: the last row lacks cells, and no total would tell.
    kept = await stage.parked(await stage.report(ALL_ORDERS, ORDERS.rstrip(b"\n")[:-30]))
    assert (kept.reason, kept.line) == ("row", 5)
    assert await stage.rows(order_report_rows, kept) == []


async def test_a_column_more_and_other_places_do_no_harm(stage: Stage) -> None:
    lines = [line.split(b"\t") for line in ORDERS.rstrip(b"\n").split(b"\n")]
    turned = b"\n".join(
        b"\t".join([b"number-of-items" if at == 0 else b"1", *reversed(cells)])
        for at, cells in enumerate(lines)
    )
    kept = await stage.ended(await stage.report(ALL_ORDERS, turned))
    assert (kept.state, kept.row_count) == (DocumentState.STORED, 4)
    rows = await stage.rows(order_report_rows, kept)
    assert {row.sku for row in rows} == {"KSA-TEA-0250"}


async def test_a_report_without_rows_is_stored_as_such(stage: Stage) -> None:
    header = b"return-date\torder-id\tsku\tquantity\tdetailed-disposition\treason\n"
    kept = await stage.ended(await stage.report(FBA_RETURNS, header))
    assert (kept.state, kept.row_count) == (DocumentState.STORED, 0)


@pytest.mark.parametrize("bomb", [_bomb, _line_bomb], ids=["one line", "many lines"])
@pytest.mark.timeout(240)
async def test_a_bomb_is_parked(stage: Stage, bomb: Callable[[], bytes]) -> None:
    body = bomb()
    assert len(body) < 20 << 20
    kept = await stage.parked(await stage.report(SETTLEMENT, body))
    assert kept.reason == "too_large"
    assert await stage.rows(settlement_rows, kept) == []


async def test_a_parked_document_is_read_again_when_asked(stage: Stage) -> None:
    found = await stage.report(SETTLEMENT, BAD["total off"][0])
    await stage.parked(found)
    told = await stage.resync(found)
    assert told.startswith("parked (total in line 2:")
    assert (stage.asked_for(), stage.downloads()) == (1, 1), "its bytes are here"
    assert (await stage.standing(found)).state == "parked"


async def test_a_document_that_the_marketplace_refuses_is_fetched_when_asked(stage: Stage) -> None:
    found = stage.found(SETTLEMENT, "doc-late")
    await stage.start(found)  # its bytes are not there: HTTP 500 of the server, then
    stage.reports["doc-late"] = GOOD
    kept = await stage.ended(found)
    assert (kept.state, kept.row_count) == (DocumentState.STORED, 40)
