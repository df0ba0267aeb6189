"""`souk documents`: what a person sees of a parked document, and having it read again."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml
from temporalio.client import Client

from channels.amazon.abilities import SETTLEMENT
from tests.documents.settlements import whole
from tests.documents.stage import Stage

OFF = whole(12, "S-off").replace(b"Principal\t-120.81", b"Principal\t-120.80")


async def _souk(config: Path, *words: str) -> tuple[int, Any, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "workers.cli", "documents", *words),
        *("--json", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if not k.startswith("SOUK_")},
    )
    out, error = await asyncio.wait_for(process.communicate(), 50)
    return process.returncode or 0, json.loads(out) if out else None, error.decode()


async def test_a_parked_document_is_listed_shown_and_read_again(
    stage: Stage, temporal: Client, postgres_url: str, tmp_path: Path
) -> None:
    config = tmp_path / "souk.yaml"
    account = {"channel": "amazon", "account": stage.channel.account, "options": {}}
    address = temporal.service_client.config.target_host
    settings = {
        "database_url": postgres_url,
        "bus": {
            "connection_string": "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b"
        },
        "temporal": {"address": address, "namespace": temporal.namespace},
        "accounts": [account],
    }
    config.write_text(yaml.safe_dump(settings))
    found = await stage.report(SETTLEMENT, OFF)
    await stage.parked(found)
    code, listed, said = await _souk(config, "list", "--account", stage.channel.account)
    assert (code, [d["reason"] for d in listed]) == (0, ["total"]), said
    code, shown, said = await _souk(
        config, "show", found.ref.document_id, "--account", stage.channel.account
    )
    assert (code, shown["state"], shown["line"]) == (0, "parked", 2), said
    code, told, said = await _souk(
        config, "retry", found.ref.document_id, "--account", stage.channel.account, "--why", "x"
    )
    assert code == 0, said
    assert told["answer"].startswith("parked (total in line 2:")
    code, _, said = await _souk(config, "show", "no-such-document")
    assert (code, "souk documents list" in said) == (1, True)
