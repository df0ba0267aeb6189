"""Exit codes that scripts may rely on."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line tells a script."""

    OK = 0
    WRONG = 1
    """It ran, and found something wrong: a difference, an order not found, an update refused."""
    USAGE = 2
    """The command or the settings are wrong; nothing was done."""
    AWAY = 3
    """Something that is needed does not answer: database, Temporal, bus, or a part of the stack."""
