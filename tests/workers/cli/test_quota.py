"""`souk quota` shows what the limiter has done, by the same rows."""

from pathlib import Path

import pytest
import yaml

from store.limiter import NoSlotError
from tests.fixtures.command import souk
from workers import settings
from workers.limiting import ChannelLimiter, slots_of

OPERATION = "orders"


@pytest.fixture
def config(tmp_path: Path, postgres_url: str) -> Path:
    file = tmp_path / "souk.yaml"
    options = {
        "seller_id": "900123",
        "api_key": "key",
        "api_secret": "secret",
        "webhook_key": "a-key-of-the-webhook",
    }
    account = {"channel": "trendyol", "account": "quota-test", "options": options}
    bus = {"connection_string": "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b"}
    values = {"database_url": postgres_url, "bus": bus, "accounts": [account]}
    file.write_text(yaml.safe_dump(values))
    return file


async def test_used_free_and_next_slot_are_shown(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(settings.CONFIG_VARIABLE, str(config))
    slots = slots_of(settings.load(), ["trendyol"])
    limiter = ChannelLimiter("trendyol", slots)
    await limiter.reserve("quota-test", OPERATION)
    done = await souk("quota", "--json", "--config", str(config))
    shown = {s["key"]: s for s in done.json}
    found = shown["trendyol/account:quota-test/orders/min"]
    assert (found["limit"], found["used"], found["free"], found["next_slot"]) == (20, 1, 19, 0)
    await slots.close()


async def test_a_closed_quota_says_so(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.CONFIG_VARIABLE, str(config))
    slots = slots_of(settings.load(), ["trendyol"])
    await slots.correct("trendyol", "quota-test", "webhooks_list", 90.0)
    with pytest.raises(NoSlotError):
        await slots.reserve("trendyol", "quota-test", "webhooks_list")
    done = await souk("quota", "--config", str(config))
    assert "closed for" in done.out
    done = await souk("quota", "--json", "--config", str(config))
    key = "trendyol/account:quota-test/webhooks_list/10s"
    assert next(s["next_slot"] for s in done.json if s["key"] == key) > 30
    await slots.close()
