"""The embedded stack: everything the platform needs, and the platform, on one data folder."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from channels.registry import Row, rows
from store.sealing import Sealer
from workers.stack.cloud import Cloud
from workers.stack.folder import DataFolder
from workers.stack.parts import PREFERRED_PORTS, Pace, Parts
from workers.stack.ports import HOST, Ports
from workers.stack.postgres import url_in
from workers.stack.sandboxes import DemoChannel, demo_channel
from workers.stack.settings_file import Sealing, bus_connection_string, settings_text
from workers.stack.supervisor import Say, Supervisor
from workers.stack.temporal import attention_url


@dataclass(frozen=True)
class Addresses:
    """Where a person, or a test, finds the parts."""

    temporal: str
    temporal_ui: str
    attention: str
    receiver: str
    erp: str
    bus: str
    bus_admin: str
    marketplaces: dict[str, str]
    """The operator's surface of each channel's sandbox."""


@dataclass(frozen=True)
class Stack:
    """A running stack."""

    folder: DataFolder
    supervisor: Supervisor
    channels: tuple[DemoChannel, ...]
    addresses: Addresses
    database_url: str
    withheld: tuple[dict[str, str], ...] = ()
    """Listings that are not in the store yet."""

    @property
    def sealer(self) -> Sealer:
        """What the stack's data is sealed with."""
        from store.sealing_ring import KeyRing

        return KeyRing.of_file(self.folder.keys)


@asynccontextmanager
async def running(
    folder: DataFolder,
    wanted: Sequence[Row],
    pace: Pace,
    say: Say,
    *,
    kept_ports: bool = True,
    withheld: int = 0,
) -> AsyncIterator[Stack]:
    """Starts everything and ends everything.

    Args:
        folder: Where all data is; a second run goes on with it.
        wanted: The channels whose sandboxes run.
        pace: How the embedded world behaves.
        say: Told each step, one line at a time.
        kept_ports: Whether the usual ports are tried first; else any free ones are taken.
        withheld: So many listings of each channel are left out.

    Raises:
        FolderInUseError: Another stack runs on the folder.
        StartError: A part did not start.
    """
    with folder.taken():
        ports = Ports(folder.ports, PREFERRED_PORTS if kept_ports else {})
        supervisor = Supervisor(folder, say)
        try:
            yield await _start(folder, ports, supervisor, wanted, pace, withheld)
        finally:
            await asyncio.shield(supervisor.end())


async def _start(
    folder: DataFolder,
    ports: Ports,
    supervisor: Supervisor,
    wanted: Sequence[Row],
    pace: Pace,
    withheld: int,
) -> Stack:
    parts = Parts(folder, ports, pace)
    sealing = _sealing(folder)
    channels = await asyncio.gather(
        *(demo_channel(row, ports.of(f"sandbox-{i}")) for i, row in enumerate(wanted))
    )
    cloud = _cloud(channels, ports)
    at = cloud.endpoint if cloud else ""
    sandboxes = [
        parts.sandbox(
            channel,
            folder.write_private(f"sellers-{channel.name}.json", json.dumps(channel.sellers)),
            at,
        )
        for channel in channels
    ]
    declaration = _declare(folder, pace)
    first = [parts.temporal(sealing), parts.postgres(), parts.bus(declaration), *sandboxes]
    if cloud is not None:
        first.append(parts.aws(folder.write_private("aws.json", cloud.declaration())))
    await supervisor.start(first)
    database_url = url_in(folder.of("postgres"))
    text = settings_text(
        ports, database_url, channels, pace.poll_every, sealing, pace.time_scale, cloud
    )
    folder.write_private(folder.settings.name, text)
    await _prepare_database(database_url, [x for c in channels for x in c.listings[withheld:]])
    bus = bus_connection_string(ports.of("bus"))
    last = [parts.erp(bus, channels), *parts.ours()]
    if cloud is not None:
        functions = folder.write_private("functions.json", cloud.functions(bus))
        last.append(parts.event_source(cloud.endpoint, functions))
    await supervisor.start(last)
    return Stack(
        folder,
        supervisor,
        tuple(channels),
        _addresses(ports, channels),
        database_url,
        tuple(x for c in channels for x in c.listings[:withheld]),
    )


def _cloud(channels: Sequence[DemoChannel], ports: Ports) -> Cloud | None:
    """AWS, where one of the channels needs it."""
    needed = any(rows()[channel.name].ingress for channel in channels)
    return Cloud(channels, ports.of("aws")) if needed else None


def _sealing(folder: DataFolder) -> Sealing:
    """The folder's keys, made once; the token is another at every start."""
    from store.sealing_ring import new_keys, write_keys

    if not folder.keys.exists():
        write_keys(folder.keys, new_keys())
    return Sealing(folder.keys, token_urlsafe(24))


def _declare(folder: DataFolder, pace: Pace) -> Path:
    from bridge.bus.declaration import declaration

    path = folder.root / "bus.json"
    path.write_text(json.dumps(declaration(rows(), lock_duration=pace.lock)), encoding="utf-8")
    return path


async def _prepare_database(url: str, listings: Sequence[dict[str, str]]) -> None:
    from store import Store
    from store.migrate import upgrade

    await upgrade(url)
    store = Store.connect(url, pool_size=1)
    try:
        lines = ["channel,account,channel_sku,item_id"]
        for row in listings:
            lines.append(",".join(row[x] for x in ("channel", "account", "channel_sku", "item_id")))
        await store.listings.import_csv(lines)
    finally:
        await store.close()


def _addresses(ports: Ports, channels: Sequence[DemoChannel]) -> Addresses:
    ui_port = ports.of("temporal-ui")
    return Addresses(
        temporal=f"{HOST}:{ports.of('temporal')}",
        temporal_ui=f"http://{HOST}:{ui_port}",
        attention=attention_url(ui_port),
        receiver=f"http://{HOST}:{ports.of('receiver')}",
        erp=f"http://{HOST}:{ports.of('erp')}",
        bus=bus_connection_string(ports.of("bus")),
        bus_admin=f"http://{HOST}:{ports.of('bus-admin')}",
        marketplaces={channel.name: channel.operator_url for channel in channels},
    )
