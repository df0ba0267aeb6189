"""The search finds what is planted, in every form; without that its silence would mean nothing."""

import base64
import gzip
import json
import random
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import zstandard
from google.protobuf import text_format
from google.protobuf.json_format import MessageToJson
from temporalio.api.common.v1 import Payload, Payloads

from store.sealing_ring import KeyRing, new_keys
from tests.fixtures.searching import Search
from tests.fixtures.spelled import needles

VALUES = {
    "Latin name": "Kanarya Núñez-O'Brien",
    "Arabic name": "عصفور الكناري",
    "phone": "557391846",
    "e-mail": "canary+106@mail.example",
}
AROUND = "an order of {} came"
JSON = json.dumps


def _shifted(encode: Callable[[bytes], bytes], before: bytes, text: str) -> bytes:
    return encode(before + text.encode())


PLANTS: dict[str, Callable[[str], bytes]] = {
    "raw": lambda text: text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big-endian": lambda text: text.encode("utf-16-be"),
    "JSON": lambda text: JSON({"said": text}).encode(),
    "JSON in JSON": lambda text: JSON({"said": JSON({"said": text})}).encode(),
    "JSON, upper case": lambda text: _with_upper_case(JSON(text)).encode(),
    "percent": lambda text: quote(text).encode(),
    "percent, lower case": lambda text: _percent(text).encode(),
    "form": lambda text: urlencode({"said": text}).encode(),
    "repr": lambda text: repr({"said": text.encode()}).encode(),
    "protobuf's text": lambda text: text_format.MessageToBytes(Payload(data=text.encode())),
    "protobuf's JSON": lambda text: MessageToJson(_payloads(text)).encode(),
    "hex": lambda text: f"\\x{text.encode().hex()}".encode(),
    **{f"base64, offset {n}": partial(_shifted, base64.b64encode, b"-" * n) for n in range(3)},
    **{
        f"base64, url-safe, offset {n}": partial(_shifted, base64.urlsafe_b64encode, b"\xff" * n)
        for n in range(3)
    },
    "base64 of JSON": lambda text: base64.b64encode(JSON({"said": text}).encode()),
    "gzip": lambda text: b"before" + gzip.compress(text.encode()) + b"behind",
    "zlib": lambda text: b"before" + zlib.compress(text.encode(), 9) + b"behind",
    "zlib, fast": lambda text: b"before" + zlib.compress(text.encode(), 1),
    "zstd": lambda text: b"before" + zstandard.compress(text.encode()) + b"behind",
    "gzip of JSON": lambda text: gzip.compress(JSON([text] * 50).encode()),
    "zlib in base64": lambda text: b'{"a":"' + base64.b64encode(zlib.compress(text.encode())),
    "gzip in base64": lambda text: base64.urlsafe_b64encode(gzip.compress(text.encode())),
    "zstd in gzip": lambda text: gzip.compress(zstandard.compress(text.encode())),
    "gzip, cut off": lambda text: gzip.compress((text * 99 + _noise(999).hex()).encode())[:-99],
}


def _payloads(text: str) -> Payloads:
    return Payloads(payloads=[Payload(data=JSON({"said": text}).encode())])


def _with_upper_case(text: str) -> str:
    return "".join(
        part if n == 0 else "\\u" + part[:4].upper() + part[4:]
        for n, part in enumerate(text.split("\\u"))
    )


def _percent(text: str) -> str:
    return "".join(f"%{b:02x}" if b > 126 or chr(b) in " +@'" else chr(b) for b in text.encode())


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("whose", VALUES)
def test_what_is_planted_is_found(whose: str, plant: str) -> None:
    planted = PLANTS[plant](AROUND.format(VALUES[whose]))
    search = Search(needles(VALUES))
    search.data("haystack", _noise(2_000) + planted + _noise(2_000))
    assert {hit.needle.whose for hit in search.result.hits} == {whose}


def _wide(text: str) -> bytes:
    """Longer than a page of the database, with what is searched across its end."""
    return b"." * 4_070 + text.encode() + b"." * 9_000


@pytest.mark.parametrize("kept", ["blob", "packed blob", "text", "in the log before the file"])
@pytest.mark.parametrize("whose", VALUES)
def test_a_database_is_searched_cell_by_cell_and_with_what_is_not_in_its_file_yet(
    tmp_path: Path, whose: str, kept: str
) -> None:
    said = AROUND.format(VALUES[whose])
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=wal")
        database.execute("CREATE TABLE history (data)")
        if kept != "in the log before the file":
            cell = {"blob": _wide(said), "packed blob": gzip.compress(_wide(said)), "text": said}
            database.execute("INSERT INTO history VALUES (?)", (cell[kept],))
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            database.execute("INSERT INTO history VALUES (?)", (said,))
            assert said.encode() not in file.read_bytes()
        search = Search(needles(VALUES))
        search.files(sorted(tmp_path.iterdir()))
    assert {hit.needle.whose for hit in search.result.hits} == {whose}
    assert any("table history" in hit.where for hit in search.result.hits)


def test_what_is_sealed_or_of_somebody_else_is_not_found() -> None:
    ring = KeyRing.of(new_keys())
    search = Search(needles(VALUES))
    for value in VALUES.values():
        search.data("sealed", ring.seal(AROUND.format(value).encode()))
    search.data("of others", JSON({"said": "نورة القحطاني, 557391847, Kanarya Nunez"}).encode())
    search.data("noise", _noise(1_000_000))
    assert search.result.found == []
    assert search.result.size > 1_000_000


def test_a_value_too_short_to_be_told_from_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        needles({"first name": "Omar"})
