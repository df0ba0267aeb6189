"""`souk quota` shows what the limiter has done, by the same rows."""

from pathlib import Path

import pytest
import yaml

from store.limiter import NoSlotError
from tests.fixtures.command import souk
from workers import settings
from workers.limiting import ChannelLimiter, slots_of

OPERATION = "orders_stream"


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
    slow = shown["trendyol/account:quota-test/orders_stream/5s"]
    assert (slow["limit"], slow["used"], slow["free"]) == (1, 1, 0)
    assert 3 < slow["next_slot"] <= 5.3
    fast = shown["trendyol/account:quota-test/orders_stream/10s"]
    assert (fast["used"], fast["free"], fast["next_slot"]) == (1, 49, 0)
    await slots.close()


async def test_a_closed_quota_says_so(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.CONFIG_VARIABLE, str(config))
    slots = slots_of(settings.load(), ["trendyol"])
    await slots.correct("trendyol", "quota-test", "webhooks_list", 90.0)
    with pytest.raises(NoSlotError):
        await slots.reserve("trendyol", "quota-test", "webhooks_list")
    done = await souk("quota", "--config", str(config))
    assert "closed for" in done.out
    await slots.close()
