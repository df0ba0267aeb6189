"""What the files of a new stand-in raise until somebody has written them."""


class NotWrittenYetError(NotImplementedError):
    """A part of a stand-in has no code yet; callers of its API get a 501 with these words."""

    def __init__(self, module: str, what: str) -> None:
        """Made where the code is missing.

        Args:
            module: `__name__` of the file that is to be written.
            what: What it is to do, as an order: "show an order".
        """
        super().__init__(f"Not written yet: {module.replace('.', '/')}.py: {what}.")
