"""What a part is: its program, and how one knows that it is ready."""

import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Part:
    """One program of the stack."""

    name: str
    """Of its log file, and in lines about it."""
    title: str
    argv: tuple[str, ...]
    ready_event: str | None = None
    """The `event` of the JSON line that the program prints once it can be used."""
    probe: Probe | None = None
    """Asked again and again until true, where the program prints no such line."""
    env: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    """Numeric id of the system user to run as, where the program refuses root."""
    starts_within: timedelta = timedelta(seconds=60)
    stop_signal: signal.Signals = signal.SIGTERM
    stops_within: timedelta = timedelta(seconds=8)
    """After that it is killed."""
