"""`souk channel new` and `souk channel generate`: for developers, in a checkout."""

from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import example


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("new", epilog=example("souk channel new dukkan"))(new)
    app.command(
        "generate", epilog=example("souk channel generate", "souk channel generate --check")
    )(generate)


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Lower-case, as in `hunger_station`; for good.")
    ],
    as_json: options.AsJson = False,
) -> None:
    """Makes the folders of a new marketplace and its row in the registry.

    Client, sandbox, page and tests: what is particular to the marketplace raises an error that
    names the file and what belongs there, until it is written. Nothing is overwritten.
    docs/add-a-marketplace.md walks through an example.
    """
    from workers.cli.output import say, say_json
    from workers.scaffold.checkout import checkout
    from workers.scaffold.making import made
    from workers.scaffold.names import channel_name

    done = made(checkout(), channel_name(name))
    if as_json:
        say_json(done)
        return
    for path in done.files:
        say(f"new      {path}")
    say(f"one row  {done.registry}")
    for path in done.generated:
        say(f"follows  {path}")
    say("Next: docs/add-a-marketplace.md, or what is not written yet, one after the other:")
    say(f"  grep -rn NotWrittenYetError channels/{name} sandbox/{name}")


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
