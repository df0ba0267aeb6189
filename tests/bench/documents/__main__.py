"""Settlement rows a second through a document's own process, beside PostgreSQL's plain COPY.

`python -m tests.bench.documents [ROWS]`; a million rows by default. The plain COPY takes the very
rows that were stored, as PostgreSQL itself writes them out, into a table of the same shape.
"""

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from activities.bodies.documents.reader import ProcessReader
from canonical.documents.ref import DocumentRef, FoundDocument
from channels.amazon.abilities import SETTLEMENT
from store import Store
from store.migrate import upgrade
from tests.documents.settlements import lines
from workers.embedded import postgres

MILLION = 1_000_000


async def _measured(rows: int, url: str, folder: Path) -> None:
    await upgrade(url)
    path = folder / "settlement.txt"
    with path.open("wb") as file:
        file.writelines(lines(rows))
    _say(f"A settlement of {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
    store = Store.connect(url)
    ref = DocumentRef(channel="amazon", account="bench", kind=SETTLEMENT, document_id="1")
    await store.documents.find(FoundDocument(ref=ref, source="x", made_at=datetime.now(UTC)), "c")
    begun = time.perf_counter()
    with path.open("rb") as file:
        await ProcessReader(url).read(ref, "channels.amazon.documents", file)
    took = time.perf_counter() - begun
    kept = await store.documents.get(ref)
    await store.close()
    if (kept.state, kept.row_count) != ("stored", rows):
        raise SystemExit(f"it was not stored: {kept.state} {kept.reason} {kept.detail}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    plain = await _copied(url, folder / "rows")
    _say(f"  read, proved and stored: {took:6.1f} s, {rows / took:9,.0f} rows/s")
    _say(f"  plain COPY of the same:  {plain:6.1f} s, {rows / plain:9,.0f} rows/s")
    _say(f"  the largest process took {memory:.0f} MB of memory")


async def _copied(url: str, path: Path) -> float:
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    try:
        await connection.execute("CREATE TABLE plain (LIKE settlement_rows INCLUDING ALL)")
        await connection.copy_from_table("settlement_rows", output=str(path), timeout=900)
        begun = time.perf_counter()
        await connection.copy_to_table("plain", source=str(path), timeout=900)
        return time.perf_counter() - begun
    finally:
        await connection.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measures and prints."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    with tempfile.TemporaryDirectory(prefix="souk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = postgres.start(folder / "data")
        try:
            asyncio.run(_measured(rows, server.url, folder))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
