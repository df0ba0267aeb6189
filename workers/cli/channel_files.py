"""`souk channel new` and `souk channel generate`: for developers, in a checkout."""

from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import example


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(
        "generate", epilog=example("souk channel generate", "souk channel generate --check")
    )(generate)


def generate(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a file is not current.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Writes the files that follow from the channel registry: bus declaration, docs index."""
    from workers.cli.exits import ExitCode
    from workers.cli.output import say_json, say_table
    from workers.scaffold.checkout import checkout
    from workers.scaffold.generated import looked_at, written

    found = looked_at(checkout()) if check else written(checkout())
    stale = "not current: run `souk channel generate`" if check else "written"
    if as_json:
        say_json(found)
    else:
        say_table(("file", "is"), ((x.path, "current" if x.current else stale) for x in found), "")
    if check and not all(x.current for x in found):
        raise typer.Exit(ExitCode.WRONG)
