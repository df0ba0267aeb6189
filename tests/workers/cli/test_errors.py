"""What goes wrong ends in a sentence that says what to do, and in a code for scripts."""

import socket
from pathlib import Path

import pytest
import yaml

from tests.fixtures.command import Said, souk
from workers.cli.exits import ExitCode

CASES = Path("tests/cases").resolve()


def assert_one_sentence(said: Said, code: ExitCode, *words: str) -> None:
    assert said.code == code, said.err
    assert said.out == ""
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err


def settings_file(folder: Path, **changes: object) -> Path:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = probe.getsockname()[1]
    settings = {
        "database_url": f"postgresql+asyncpg://souk:secret-word@127.0.0.1:{nobody}/souk",
        "temporal": {"address": f"127.0.0.1:{nobody}"},
        "bus": {
            "connection_string": f"Endpoint=sb://localhost:{nobody};SharedAccessKeyName=k;"
            "SharedAccessKey=hidden-key;UseDevelopmentEmulator=true;"
        },
        "accounts": [{"channel": "trendyol", "account": "riyadh", "options": {}}],
        **changes,
    }
    path = folder / "souk.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


async def test_no_settings_at_all(tmp_path: Path) -> None:
    said = await souk("order", "list", cwd=tmp_path)
    assert_one_sentence(
        said, ExitCode.USAGE, "souk.yaml does not exist", "database_url", "SOUK_DATABASE_URL"
    )


async def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    path = settings_file(tmp_path, accounts=[])
    said = await souk("order", "list", "--config", str(path))
    assert_one_sentence(said, ExitCode.USAGE, "accounts", "SOUK_ACCOUNTS")


async def test_wrong_options_of_an_account_are_named_without_their_values(tmp_path: Path) -> None:
    options = {"seller_id": "900123", "api_key": "do-not-show", "api_secre": "do-not-show-either"}
    account = {"channel": "trendyol", "account": "riyadh", "options": options}
    path = settings_file(tmp_path, accounts=[account])
    said = await souk("bridge", "--only", "receiver", "--config", str(path))
    assert_one_sentence(said, ExitCode.USAGE, "trendyol/riyadh", "api_secret", "api_secre")
    assert "do-not-show" not in said.err


@pytest.mark.parametrize(
    "words",
    [("order", "list"), ("order", "resync", "106"), ("verify",), ("dlq", "list")],
    ids=" ".join,
)
async def test_what_is_away_is_said_without_any_secret(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = await souk(*words, "--config", str(settings_file(tmp_path)))
    assert_one_sentence(said, ExitCode.AWAY)
    assert "secret-word" not in said.err
    assert "hidden-key" not in said.err


async def test_an_unknown_channel() -> None:
    said = await souk("map", "nowhere", str(CASES / "H21-trendyol-stream.json"))
    assert_one_sentence(said, ExitCode.USAGE, "nowhere", "trendyol")


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    said = await souk("map", "trendyol", str(tmp_path / "none.json"))
    assert_one_sentence(said, ExitCode.USAGE, "none.json")


async def test_a_payload_that_does_not_fit_names_the_fields() -> None:
    said = await souk("map", "trendyol", str(CASES / "H28-trendyol-webhook-wrong-types.json"))
    assert_one_sentence(
        said, ExitCode.WRONG, "lastModifiedDate", "lines", "packageTotalPrice", "10600280001"
    )


async def test_a_command_that_does_not_exist() -> None:
    said = await souk("ordre", "list")
    assert said.code == ExitCode.USAGE
    assert "ordre" in said.err


async def test_map_prints_a_canonical_order_for_each_package() -> None:
    said = await souk(
        "map", "trendyol", str(CASES / "H39-trendyol-stream-one-unknown-product.json")
    )
    assert said.code == ExitCode.OK
    assert len(said.out.splitlines()) == 5
    assert said.json["ref"]["order_id"] == "10600390005"


async def test_the_declaration_has_the_queues_of_every_channel() -> None:
    said = await souk("bus", "declaration", "--lock-seconds", "5")
    assert said.code == ExitCode.OK
    assert {"trendyol-inbound", "trendyol-backfill", "commands"} <= set(said.json["queues"])
    assert said.json["queues"]["commands"]["lock_duration"] == "PT5S"
