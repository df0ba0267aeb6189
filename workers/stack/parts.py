"""The programs of the stack: how each is started."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from workers.settings import CONFIG_VARIABLE
from workers.stack import temporal
from workers.stack.folder import DataFolder
from workers.stack.part import Part
from workers.stack.ports import Ports
from workers.stack.sandboxes import DemoChannel
from workers.stack.settings_file import Sealing

PREFERRED_PORTS: Final[Mapping[str, int]] = {
    "temporal": 7233,
    "temporal-ui": 8233,
    "bus": 5672,
    "bus-admin": 5300,
    "aws": 5050,
    "receiver": 8080,
    "codec": 8081,
    "erp": 8090,
    "sandbox-0": 8101,
}
LISTENING: Final = "listening"
PYTHON: Final = (sys.executable, "-m")
SOUK: Final = (*PYTHON, "workers.cli")


@dataclass(frozen=True)
class Pace:
    """How the embedded world behaves."""

    seed: int = 7
    time_scale: float = 150.0
    """The marketplaces' own long times (hours between repeats of a hook) are divided by this."""
    lock: timedelta = timedelta(seconds=30)
    """How long the bus locks a received message."""
    poll_every: timedelta = timedelta(seconds=15)
    erp_delay: str = "0.05..0.3"
    knobs: tuple[str, ...] = ()
    """Settings of the sandboxes, `NAME=JSON`."""


class Parts:
    """Makes the parts of one data folder."""

    def __init__(self, folder: DataFolder, ports: Ports, pace: Pace) -> None:
        self._folder = folder
        self._ports = ports
        self._pace = pace

    def postgres(self) -> Part:
        return Part(
            name="postgres",
            title="PostgreSQL",
            argv=(*PYTHON, "workers.stack.postgres", str(self._folder.of("postgres"))),
            ready_event=LISTENING,
            stops_within=timedelta(seconds=15),
        )

    def temporal(self, sealing: Sealing) -> Part:
        port, ui_port = self._ports.of("temporal"), self._ports.of("temporal-ui")
        codec = sealing.endpoint(self._ports.of("codec"))
        return temporal.part(self._folder.of("temporal") / "temporal.db", port, ui_port, codec)

    def bus(self, declaration: Path) -> Part:
        return Part(
            name="bus",
            title="Bus",
            argv=(
                *PYTHON, "sandbox.servicebus",
                "--port", str(self._ports.of("bus")),
                "--admin-port", str(self._ports.of("bus-admin")),
                "--config", str(declaration),
                "--data", str(self._folder.of("bus")),
            ),
            ready_event=LISTENING,
        )  # fmt: skip

    def aws(self, declaration: Path) -> Part:
        """SQS and S3, where a marketplace writes to queues of ours. In memory: gone with it."""
        return Part(
            name="aws",
            title="SQS and S3",
            argv=(
                *PYTHON, "sandbox.aws",
                "--port", str(self._ports.of("aws")),
                "--config", str(declaration),
            ),
            ready_event=LISTENING,
        )  # fmt: skip

    def event_source(self, endpoint: str, functions: Path) -> Part:
        """What Lambda does: the queues' functions, each in a process of its own."""
        return Part(
            name="functions",
            title="Functions",
            argv=(
                *PYTHON, "sandbox.aws.poller",
                "--endpoint", endpoint,
                "--config", str(functions),
            ),
            ready_event=LISTENING,
        )  # fmt: skip

    def sandbox(self, channel: DemoChannel, sellers: Path, aws: str = "") -> Part:
        knobs = [word for knob in self._pace.knobs for word in ("--knob", knob)]
        return Part(
            name=f"sandbox-{channel.name}",
            title=f"Marketplace {channel.name}",
            argv=(
                *PYTHON, channel.module,
                "--port", str(channel.port),
                "--data", str(self._folder.of(f"sandbox-{channel.name}")),
                "--accounts", str(sellers),
                "--seed", str(self._pace.seed),
                "--time-scale", str(self._pace.time_scale),
                *knobs,
            ),
            env={"AWS_ENDPOINT_URL": aws} if aws else {},
            ready_event=LISTENING,
        )  # fmt: skip

    def erp(self, bus: str, channels: Sequence[DemoChannel]) -> Part:
        reasons = [
            f"--reject-returns={channel.name}={channel.rejects_returns_for}"
            for channel in channels
            if channel.rejects_returns_for
        ]
        return Part(
            name="erp",
            title="ERP",
            argv=(
                *PYTHON, "sandbox.erp",
                "--bus", bus,
                "--data", str(self._folder.of("erp")),
                "--port", str(self._ports.of("erp")),
                "--seed", str(self._pace.seed),
                "--delay", self._pace.erp_delay,
                *reasons,
            ),
            ready_event=LISTENING,
        )  # fmt: skip

    def ours(self) -> list[Part]:
        """The platform's own processes."""
        env = {CONFIG_VARIABLE: str(self._folder.settings)}
        return [
            Part("codec", "Codec server", (*SOUK, "codec"), ready_event=LISTENING, env=env),
            Part("worker", "Worker", (*SOUK, "worker"), ready_event="ready", env=env),
            Part(
                "receiver", "Webhook receiver", (*SOUK, "bridge", "--only", "receiver"),
                ready_event=LISTENING, env=env,
            ),
            Part(
                "dispatcher", "Dispatcher", (*SOUK, "bridge", "--only", "dispatcher"),
                ready_event=LISTENING, env=env,
            ),
        ]  # fmt: skip
