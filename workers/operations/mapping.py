"""What a payload becomes, without a platform."""

import sys
from collections.abc import Sequence
from pathlib import Path

from canonical.order import Order
from channels import registry
from workers.operations.errors import FileError

STANDARD_INPUT = Path("-")


def mapped(channel: str, account: str, file: Path) -> Sequence[Order]:
    """Maps the orders of a file.

    Raises:
        UnknownChannelError: There is no such channel.
        FileError: The file cannot be read.
        ContractError: It does not fit what the marketplace sends; names the fields.
    """
    package = registry.package(channel)
    return package.map_file(_bytes_of(file), account)


def _bytes_of(file: Path) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror}.") from error
