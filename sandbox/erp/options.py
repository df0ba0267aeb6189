"""What the ERP stand-in is told on its command line."""

import argparse
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Options:
    """Everything that can be set; fixed for the life of the process."""

    bus: str = field(repr=False)
    """Connection string of the Service Bus namespace."""
    data: Path
    """Folder of the book; the same folder after a crash goes on where it stood."""
    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 1
    delay: tuple[float, float] = (0.05, 0.3)
    """Seconds between an event and its `accept`, and between a release and its `ship`."""
    accepts: bool = True
    """False: hears of orders, decides nothing by itself."""
    rejections: dict[str, str] = field(default_factory=dict)
    """By channel, the marketplace's code of a reason to reject a return that needs no evidence."""
    topic: str = "orders"
    subscription: str = "erp"
    commands: str = "commands"


def parse(arguments: list[str] | None = None) -> Options:
    """Reads the command line; ends the process with a sentence where it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.erp", description=__doc__)
    parser.add_argument("--bus", required=True, metavar="CONNECTION_STRING")
    parser.add_argument("--data", required=True, type=Path, metavar="DIR")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--delay", type=_span, default=(0.05, 0.3), metavar="LOW..HIGH")
    parser.add_argument("--topic", default="orders")
    parser.add_argument("--subscription", default="erp")
    parser.add_argument("--commands", default="commands", metavar="QUEUE")
    decision = parser.add_mutually_exclusive_group()
    decision.add_argument("--accept", dest="accepts", action="store_true", default=True)
    decision.add_argument("--hold", dest="accepts", action="store_false")
    parser.add_argument(
        "--reject-returns",
        dest="rejections",
        action="append",
        type=_pair,
        default=[],
        metavar="CHANNEL=REASON",
        help="rejects a share of the channel's returns for this reason",
    )
    found = vars(parser.parse_args(arguments))
    return Options(**{**found, "rejections": dict(found["rejections"])})


def _pair(text: str) -> tuple[str, str]:
    channel, equals, reason = text.partition("=")
    if not (channel and equals and reason):
        raise argparse.ArgumentTypeError(f"{text!r} is not like CHANNEL=REASON")
    return channel, reason


def _span(text: str) -> tuple[float, float]:
    low, dots, high = text.partition("..")
    try:
        span = (float(low), float(high if dots else low))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 0.05..0.3 (seconds)") from None
    if not 0 <= span[0] <= span[1]:
        raise argparse.ArgumentTypeError(f"{text!r}: the first must be the smaller one, from 0 on")
    return span
