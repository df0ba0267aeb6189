"""The `souk` command line: one file per noun, options in `options`, no logic."""


def main() -> None:
    """Entry point of the `souk` script."""
    from workers.cli.app import run

    run()
