"""How examples stand at the end of each command's help."""


def example(*lines: str) -> str:
    """The foot of a help text: lines that can be copied as they are."""
    word = "Example" if len(lines) == 1 else "Examples"
    return f"{word}: " + "  |  ".join(f"`{line}`" for line in lines)
