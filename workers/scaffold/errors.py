"""Why a marketplace's folders or the generated files were not written."""

from workers.operations.errors import OperationError


class ScaffoldError(OperationError):
    """Base of all; nothing was written."""


class BadNameError(ScaffoldError):
    """Not a name for a channel."""


class TakenError(ScaffoldError):
    """There is something of this name already."""


class NoCheckoutError(ScaffoldError):
    """There is no source tree to write into."""


class NoPageError(ScaffoldError):
    """A channel has no page under `docs/channels`."""
