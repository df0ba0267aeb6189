"""The process that reads one document: `python -m activities.bodies.documents.process`.

Its standard input is the document, its environment says whose; it writes the rows by a transaction
of its own and says on its standard output how it ended. Killed at any moment, it leaves nothing.
"""

import asyncio
import importlib
import json
import os
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import BinaryIO

from canonical.documents import flat
from canonical.documents.columns import FlatKind
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.head import Reading
from canonical.documents.kinds import read_file
from canonical.documents.ref import FILE, DocumentRef
from store import Store, StoreError

REF, KINDS, DATABASE = "SOUK_READ_REF", "SOUK_READ_KINDS", "SOUK_READ_DATABASE"
MEMORY_LIMIT = 400 * 1024 * 1024
"""Bytes of data; a file that would take more is too large, and takes nobody else's."""


def main() -> None:
    """Reads, and says one line."""
    with suppress(ValueError, OSError):  # where the system has no such limit
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
    sys.stdout.write(json.dumps(asyncio.run(_ended())) + "\n")


async def _ended() -> Mapping[str, object]:
    ref = DocumentRef.model_validate_json(os.environ[REF])
    store = Store.connect(os.environ[DATABASE], pool_size=1)
    try:
        await store.documents.store(ref, partial(_reading, ref, sys.stdin.buffer))
    except UnreadableError as fault:
        return {"reason": fault.reason.value, "line": fault.line, "what": fault.what}
    except MemoryError:
        what = f"reading it takes more than {MEMORY_LIMIT} bytes of memory"
        return {"reason": Reason.TOO_LARGE.value, "line": None, "what": what}
    except StoreError as error:
        return {"store": str(error)}
    finally:
        await store.close()
    return {"stored": True}


def _reading(ref: DocumentRef, file: BinaryIO) -> Reading:
    kinds: Mapping[str, FlatKind] = {}
    if os.environ[KINDS]:
        kinds = importlib.import_module(os.environ[KINDS]).KINDS
    if ref.kind == FILE:
        return read_file(file, kinds.values())
    kind = kinds.get(ref.kind)
    if kind is None:
        raise UnreadableError(Reason.UNKNOWN_KIND, f"nothing here reads documents of {ref.kind}")
    return flat.read(kind, file)


if __name__ == "__main__":
    main()
