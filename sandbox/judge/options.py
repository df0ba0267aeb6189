"""What the judge is told on its command line."""

import argparse
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where to look."""

    database: str = field(repr=False)
    ledger: str
    erp: str | None
    channel: str
    sandbox: str
    """The package whose module `expectation` reads the ledger; empty: `sandbox.{channel}`."""
    account: list[tuple[str, str]]
    """Pairs of the platform's account name and the marketplace's seller id."""
    within: float
    """Seconds in which the two sides may still come together; 0 judges once."""
    json: bool


def parse(arguments: list[str] | None = None) -> Options:
    """Reads the command line; ends the process with a sentence where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.judge",
        description="Holds the platform's tables against the marketplace's ledger.",
        epilog="Ends with 0 when all is well, 1 when something is not, 2 when it cannot judge.",
    )
    parser.add_argument("--database", required=True, metavar="URL", help="postgresql://...")
    parser.add_argument("--ledger", required=True, metavar="URL", help="http://.../_sandbox/ledger")
    parser.add_argument("--erp", metavar="URL", help="http://.../book")
    parser.add_argument("--channel", required=True, metavar="NAME")
    parser.add_argument("--sandbox", default="", metavar="PACKAGE", help="by default sandbox.NAME")
    parser.add_argument(
        "--account",
        action="append",
        type=_pair,
        default=[],
        metavar="NAME=SELLER_ID",
        help="repeat for each account; without any, accounts are named as the sellers are",
    )
    parser.add_argument(
        "--within",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="judge again until all is well or the time is up",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return Options(**vars(parser.parse_args(arguments)))


def _pair(text: str) -> tuple[str, str]:
    name, equals, seller = text.partition("=")
    if not (name and equals and seller):
        raise argparse.ArgumentTypeError(f"{text!r} is not like riyadh=900123")
    return name, seller
