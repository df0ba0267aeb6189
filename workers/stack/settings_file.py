"""The settings file of the embedded stack: the same kind of file as in production."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from channels.registry import package
from workers.settings import Settings
from workers.stack.cloud import Cloud
from workers.stack.ports import HOST, Ports
from workers.stack.sandboxes import DemoChannel

KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"
"""What the official Service Bus emulator takes, and the embedded bus too."""
ERP_ANSWERS_WITHIN = timedelta(minutes=5)
ACCOUNT_CHECK_EVERY = timedelta(seconds=15)
SETTLES = timedelta(seconds=5)
COMMAND_SESSIONS = 32
"""Twice the usual: a demonstration's orders all come within seconds, and each has two or three."""


@dataclass(frozen=True)
class Sealing:
    """The keys of a stack, and what shows to the codec server that one may have things opened."""

    key_file: Path
    token: str = field(repr=False)

    def endpoint(self, port: int) -> str:
        """The codec server's address, for browsers: the token is part of it."""
        return f"http://{HOST}:{port}/{self.token}"


def bus_connection_string(port: int) -> str:
    """Of the embedded bus."""
    return (
        f"Endpoint=sb://localhost:{port};SharedAccessKeyName={KEY_NAME};"
        f"SharedAccessKey={KEY};UseDevelopmentEmulator=true;"
    )


def settings_text(
    ports: Ports,
    database_url: str,
    channels: Sequence[DemoChannel],
    poll_every: timedelta,
    sealing: Sealing,
    time_scale: float = 1.0,
    cloud: Cloud | None = None,
) -> str:
    """The whole file."""
    ui_url = f"http://{HOST}:{ports.of('temporal-ui')}"
    settings: dict[str, Any] = {
        "database_url": database_url,
        "temporal": {
            "address": f"{HOST}:{ports.of('temporal')}",
            "ui_url": ui_url,
        },
        "bus": {
            "connection_string": bus_connection_string(ports.of("bus")),
            "command_sessions": COMMAND_SESSIONS,
        },
        "receiver": {
            "host": HOST,
            "port": ports.of("receiver"),
            "public_url": f"http://{HOST}:{ports.of('receiver')}",
        },
        "key_file": str(sealing.key_file),
        "codec": {
            "host": HOST,
            "port": ports.of("codec"),
            "token": sealing.token,
            "origins": [ui_url, ui_url.replace(HOST, "localhost")],
        },
        "erp_answers_within": int(ERP_ANSWERS_WITHIN.total_seconds()),
        "account_check_every": int(ACCOUNT_CHECK_EVERY.total_seconds()),
        "accounts": [
            {
                "channel": channel.name,
                "account": account.account,
                "options": _paced(channel.name, account.options, time_scale),
                "poll_every": poll_every.total_seconds(),
                "abilities": _quickened(channel.name),
            }
            for channel in channels
            for account in channel.accounts
        ],
    }
    if cloud is not None:
        settings["aws"] = cloud.settings()
    head = "# Written by `souk up` at every start; a change made here is lost.\n"
    return head + yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)


def _paced(channel: str, options: dict[str, Any], time_scale: float) -> dict[str, Any]:
    """With the sandbox's pace, where the channel's quotas and waits follow one."""
    follows = "time_scale" in package(channel).AccountOptions.model_fields
    return {**options, "time_scale": time_scale} if follows else options


def _quickened(channel: str) -> dict[str, Any]:
    """Sandboxes are quicker than marketplaces; nobody at a demo waits for minutes."""
    declared = package(channel).ABILITIES
    waits = ("dead_parcel_settles", "address_settles")
    return {
        name: int(SETTLES.total_seconds()) for name in waits if getattr(declared, name) is not None
    }


def read_back(file: Path) -> Settings:
    """The settings of a running stack, whatever the environment says."""
    return Settings(**yaml.safe_load(file.read_text(encoding="utf-8")))
