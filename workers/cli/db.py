"""`souk db ...`."""

import typer

from workers.cli import options
from workers.cli.examples import example

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.callback()
def db() -> None:
    """The database."""


@app.command("upgrade", epilog=example("souk db upgrade", "souk db upgrade --config souk.yaml"))
def upgrade(config: options.Config = None) -> None:
    """Creates the tables, or brings them to this version; what is there stays."""
    from store.migrate import upgrade as bring_up
    from workers.cli.output import say
    from workers.cli.running import run, settings_of

    run(bring_up(settings_of(config).database_url.get_secret_value()))
    say("The database is at this version.")
