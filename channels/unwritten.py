"""What the files of a new marketplace raise until somebody has written them."""


class NotWrittenYetError(NotImplementedError):
    """A part of a marketplace has no code yet; names the file, and what belongs there.

    Not one of `channels.errors`: no workflow goes on as if the marketplace had said something.
    """

    def __init__(self, module: str, what: str) -> None:
        """Made where the code is missing.

        Args:
            module: `__name__` of the file that is to be written.
            what: What it is to do, as an order: "map the order".
        """
        self.file = f"{module.replace('.', '/')}.py"
        super().__init__(f"Not written yet: {self.file}: {what}.")
