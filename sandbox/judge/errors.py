"""Why there can be no verdict."""


class CannotJudgeError(Exception):
    """A side of the case does not fit; the message says which, why, and what to do."""


class SilentSideError(CannotJudgeError):
    """A side of the case does not answer now; it may later."""
