"""`souk keys ...` and `souk codec`."""

from pathlib import Path
from typing import Annotated

import typer

from workers.cli import options
from workers.cli.examples import example

app = typer.Typer(no_args_is_help=True, help="Keys that personal data is sealed with.")

KeyFile = Annotated[
    Path | None, typer.Option("--file", help="The key file; the one of the settings without it.")
]


@app.callback()
def keys() -> None:
    """Keys that personal data is sealed with."""


@app.command("rotate", epilog=example("souk keys rotate", "souk keys rotate --file keys.json"))
def rotate(file: KeyFile = None, config: options.Config = None) -> None:
    """Adds a new key and seals with it from now on; makes the file where there is none.

    Old keys stay, to open what they sealed. Processes follow the file within seconds; copy it to
    every machine before anything else.
    """
    from store.sealing_ring import new_keys, read_keys, write_keys
    from workers.cli.output import say
    from workers.cli.running import settings_of
    from workers.settings import SettingsError

    path = file or settings_of(config).key_file
    if path is None:
        raise SettingsError("No key file is named: set `key_file`, or give --file.")
    made = read_keys(path).rotated() if path.exists() else new_keys()
    write_keys(path, made)
    say(f"Key {made.active} seals from now on; {path} holds {len(made.by_id)}.")


def register(parent: typer.Typer) -> None:
    """Adds the codec server's command."""
    parent.command("codec", epilog=example("souk codec"))(codec)


def codec(config: options.Config = None) -> None:
    """Opens sealed payloads for Temporal's web UI and command line, until it is told to end."""
    from workers import logs
    from workers.cli.running import run, settings_of
    from workers.codec.process import serve

    settings = settings_of(config)
    logs.configure(settings.log_level)
    run(serve(settings))
