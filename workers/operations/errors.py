"""Why an operation was not done; each text says what to do next."""


class OperationError(Exception):
    """Base of all."""


class NotFoundError(OperationError):
    """There is no such order, message or channel."""


class UnclearError(OperationError):
    """The words fit several things."""


class RefusedError(OperationError):
    """The order's workflow, or the platform, said no."""


class AwayError(OperationError):
    """Something that is needed does not answer."""


class FileError(OperationError):
    """A file cannot be read or written."""
