"""Starts the process that reads a document, and hears how it ended."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from datetime import timedelta
from typing import Any, BinaryIO

from activities.bodies.documents import process
from activities.ports import ReaderDiedError
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.ref import DocumentRef
from store.errors import StoreUnavailableError

WITHIN = timedelta(minutes=30)
READERS = 2
"""Processes at once in one worker: each may take a processor."""
ERROR_LIMIT = 500
"""Characters of a dead reader's last words."""


class ProcessReader:
    """Reads each document in a process of its own."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._turn = asyncio.Semaphore(READERS)

    def __repr__(self) -> str:
        return "ProcessReader()"

    async def read(self, ref: DocumentRef, kinds: str, file: BinaryIO) -> None:
        """As `activities.ports.DocumentReader` says."""
        file.seek(0)
        environment = {
            **os.environ,
            process.REF: ref.model_dump_json(),
            process.KINDS: kinds,
            process.DATABASE: self._database_url,
        }
        async with self._turn:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                process.__name__,
                stdin=file,
                stdout=PIPE,
                stderr=PIPE,
                env=environment,
            )
            try:
                async with asyncio.timeout(WITHIN.total_seconds()):
                    said, complained = await child.communicate()
            except TimeoutError:
                raise ReaderDiedError(f"It was not read within {WITHIN}.") from None
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        _heard(said, child.returncode, complained)


def _heard(said: bytes, code: int | None, complained: bytes) -> None:
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        words = complained.decode("utf-8", "replace").strip().rpartition("\n")[2][:ERROR_LIMIT]
        raise ReaderDiedError(
            f"The process that reads the document ended with code {code}: {words or 'no word'}"
        ) from None
    if "reason" in told:
        raise UnreadableError(Reason(told["reason"]), told["what"], told["line"])
    if "store" in told:
        raise StoreUnavailableError(told["store"])
