"""Settings: a YAML file and the environment, read once, refused with a sentence when wrong."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

CONFIG_VARIABLE = "SOUK_CONFIG"
DEFAULT_CONFIG = "souk.yaml"


class SettingsError(Exception):
    """Settings are missing or wrong; the message says which, and how to write them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TemporalSettings(_Part):
    address: str = "localhost:7233"
    namespace: str = "default"
    ui_url: str = ""
    """Where people look at workflows; only shown, never called."""
    build_id: str = "dev"
    """The worker deployment version."""
    make_current: bool = True
    """Whether a starting worker sends new work to its own version; off where a rollout does it."""
    shutdown_within: timedelta = timedelta(seconds=5)
    """For calls in the air to end; shorter than whatever kills the process."""
    tracing: bool = False
    """Whether OpenTelemetry spans are made of calls and workflows."""


class BusSettings(_Part):
    connection_string: SecretStr
    """Of the Service Bus namespace, with Send and Listen rights."""
    prefetch: int = Field(default=50, ge=0)
    command_sessions: int = Field(default=16, ge=1)
    """Orders whose commands a dispatcher takes at the same time; each is a connection."""


class ReceiverSettings(_Part):
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    """What marketplaces call; each account has a path of its own below it."""


class CodecSettings(_Part):
    host: str = "127.0.0.1"
    port: int = 8081
    token: SecretStr = SecretStr("")
    """Whoever wants payloads opened must show it."""
    origins: tuple[str, ...] = ()
    """Of web pages that may ask: the web UI's address."""


class SqsQueueSettings(_Part):
    """A queue of ours at AWS."""

    url: str = Field(pattern=r"^https?://")
    dead_letters_url: str = Field(pattern=r"^https?://")


class AwsSettings(_Part):
    """For those whose marketplace writes to queues and buckets of ours at AWS.

    Keys are found as boto3 finds them: environment, profile, role.
    """

    region: str = ""
    endpoint: str = ""
    """Instead of AWS itself, for a stand-in."""
    queues: tuple[SqsQueueSettings, ...] = ()
    """Queues whose dead letters `souk dlq` shows and sends again."""


class AccountSettings(_Part):
    channel: str
    account: str
    """Our name for the seller's account; part of every workflow id, so never changed."""
    options: dict[str, Any]
    """The channel's own settings (its `AccountOptions`): keys, seller id, storefront, ..."""
    poll_every: timedelta | None = None
    """Instead of the channel's own pace."""
    abilities: dict[str, Any] = {}
    """Instead of what the channel declares, for demos and tests: `dead_parcel_settles: 5`."""
    webhooks: bool = True


class Settings(BaseSettings):
    """All settings. Environment variables override the file: `SOUK_BUS__CONNECTION_STRING=...`."""

    model_config = SettingsConfigDict(
        env_prefix="SOUK_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    temporal: TemporalSettings = TemporalSettings()
    database_url: SecretStr
    """SQLAlchemy form: `postgresql+asyncpg://user:password@host/name`."""
    bus: BusSettings
    aws: AwsSettings = AwsSettings()
    receiver: ReceiverSettings = ReceiverSettings()
    accounts: tuple[AccountSettings, ...] = Field(min_length=1)
    key_file: Path | None = None
    """Keys that personal data and Temporal's payloads are sealed with: `souk keys rotate` makes
    it. Without it nothing is sealed."""
    codec: CodecSettings = CodecSettings()
    egress: str = ""
    """The address from which marketplaces see this process; quotas by address count by it."""
    erp_answers_within: timedelta = timedelta(minutes=30)
    account_check_every: timedelta = timedelta(minutes=15)
    sweep_every: timedelta = timedelta(minutes=5)
    """How often open orders without a running workflow are looked for."""
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = YamlConfigSettingsSource(settings_cls, yaml_file=config_path())
        return init_settings, env_settings, file


def config_path() -> Path:
    """The settings file: `$SOUK_CONFIG`, or `souk.yaml` in the working directory."""
    return Path(os.environ.get(CONFIG_VARIABLE, DEFAULT_CONFIG))


def load() -> Settings:
    """Reads the settings.

    Raises:
        SettingsError: Naming each setting that is missing or wrong, its environment variable, and
            the file that was read.
    """
    try:
        return Settings()
    except ValidationError as error:
        where = config_path()
        found = "" if where.exists() else f" ({where} does not exist)"
        lines = [f"Settings are not complete; read from {where}{found} and the environment."]
        for problem in error.errors(include_url=False, include_input=False):
            name = ".".join(str(x) for x in problem["loc"])
            variable = "SOUK_" + "__".join(str(x).upper() for x in problem["loc"])
            lines.append(f"  {name}: {problem['msg']}. Set it in the file or as {variable}.")
        raise SettingsError("\n".join(lines)) from None
