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


@app.command("list", epilog=example("souk keys list"))
def listed(
    file: KeyFile = None, config: options.Config = None, as_json: options.AsJson = False
) -> None:
    """Lists the ids of the keys, and which one seals; never a key."""
    from store.sealing_ring import read_keys
    from workers.cli.output import say_json, say_table

    keys = read_keys(_path(file, config))
    rows = [{"id": i, "seals": i == keys.active} for i in sorted(keys.by_id)]
    if as_json:
        say_json(rows)
        return
    table = ((row["id"], "seals and opens" if row["seals"] else "opens") for row in rows)
    say_table(("id", "does"), table, "There are no keys.")


@app.command("rotate", epilog=example("souk keys rotate", "souk keys rotate --file keys.json"))
def rotate(file: KeyFile = None, config: options.Config = None) -> None:
    """Adds a new key and seals with it from now on; makes the file where there is none.

    For processes that all read this one file: they follow it without a stop, and old keys stay, to
    open what they sealed. Where each machine has a copy of the file, use `souk keys add`, bring
    the file to all of them, then `souk keys activate`.
    """
    from store.sealing_ring import Keys, change_keys
    from workers.cli.output import say

    path = _path(file, config)
    made = change_keys(path, Keys.added, lambda keys: keys.activated(keys.newest))
    say(f"Key {made.active} seals from now on; {path} holds {len(made.by_id)}.")


@app.command("add", epilog=example("souk keys add", "souk keys add --file keys.json"))
def add(file: KeyFile = None, config: options.Config = None) -> None:
    """Adds a new key that opens and does not seal yet: the first half of a rotation.

    The second half, `souk keys activate`, is safe once every process has this file.
    """
    from store.sealing_ring import Keys, change_keys
    from workers.cli.output import say

    path = _path(file, config)
    made = change_keys(path, Keys.added)
    if made.newest == made.active:
        say(f"{path} was made; key {made.active} seals from now on.")
        return
    say(
        f"Key {made.newest} was added to {path}; key {made.active} still seals. Bring the file to"
        f" every process, then `souk keys activate {made.newest}`, and bring it to them again."
    )


@app.command("activate", epilog=example("souk keys activate 2"))
def activate(
    key_id: Annotated[int, typer.Argument(metavar="ID", help="Its id in `souk keys list`.")],
    file: KeyFile = None,
    config: options.Config = None,
) -> None:
    """Seals with this key from now on: the second half of a rotation, and the way back.

    Every process that opens what is sealed must have the key by now.
    """
    from store.sealing_ring import change_keys, read_keys
    from workers.cli.output import say

    path = _path(file, config)
    read_keys(path)
    made = change_keys(path, lambda keys: keys.activated(key_id))
    say(f"Key {made.active} seals from now on; {path} holds {len(made.by_id)}.")


def _path(file: Path | None, config: Path | None) -> Path:
    from workers.cli.running import settings_of
    from workers.settings import SettingsError

    path = file or settings_of(config).key_file
    if path is None:
        raise SettingsError("No key file is named: set `key_file`, or give --file.")
    return path


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
